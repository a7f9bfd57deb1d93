import { expect, test } from 'vitest';
import { partOfYear } from './part-of-year.ts';

test('a cut lies in its month', () => {
  expect(partOfYear('2026-01-01T12:00:00Z', { timeZone: 'Europe/Oslo' })).toBe(0);
  expect(partOfYear('2026-07-01T12:00:00Z', { timeZone: 'Europe/Oslo' })).toBe(0.5);
  expect(partOfYear('2026-12-31T12:00:00Z', { timeZone: 'Europe/Oslo' })).toBeLessThan(1);
});
