import { expect, test } from 'vitest';
import { formatDistance } from './distance.ts';

test('a distance is the largest whole unit', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  const english = { language: 'en', timeZone: 'UTC' };
  expect(formatDistance('2026-11-23T08:30:00Z', now, english)).toBe('3 hours ago');
  expect(formatDistance('2026-12-05T13:00:00Z', now, english)).toBe('in 12 days');
  expect(formatDistance('2026-11-23T11:59:30Z', now, english)).toBe('30 seconds ago');
});
