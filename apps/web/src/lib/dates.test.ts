import { expect, test } from 'vitest';
import { formatDate } from './dates.ts';

const oslo = { language: 'nb', timeZone: 'Europe/Oslo' };

test('a date is that of the site, not of the server', () => {
  expect(formatDate('2026-12-31T23:30:00Z', 'long', oslo)).toBe('1. januar 2027');
  expect(formatDate('2026-12-31T23:30:00Z', 'long', { language: 'en', timeZone: 'UTC' })).toBe(
    'December 31, 2026',
  );
});
