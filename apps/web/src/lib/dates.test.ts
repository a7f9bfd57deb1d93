import { expect, test } from 'vitest';
import { formatDate, formatDistance, partOfYear } from './dates.ts';

const oslo = { language: 'nb', timeZone: 'Europe/Oslo' };

test('a date is that of the site, not of the server', () => {
  expect(formatDate('2026-12-31T23:30:00Z', 'long', oslo)).toBe('1. januar 2027');
  expect(formatDate('2026-12-31T23:30:00Z', 'long', { language: 'en', timeZone: 'UTC' })).toBe(
    'December 31, 2026',
  );
});

test('a distance is the largest whole unit', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  const english = { language: 'en', timeZone: 'UTC' };
  expect(formatDistance('2026-11-23T08:30:00Z', now, english)).toBe('3 hours ago');
  expect(formatDistance('2026-12-05T13:00:00Z', now, english)).toBe('in 12 days');
  expect(formatDistance('2026-11-23T11:59:30Z', now, english)).toBe('30 seconds ago');
});

test('a cut lies in its month', () => {
  expect(partOfYear('2026-01-01T12:00:00Z', oslo)).toBe(0);
  expect(partOfYear('2026-07-01T12:00:00Z', oslo)).toBe(0.5);
  expect(partOfYear('2026-12-31T12:00:00Z', oslo)).toBeLessThan(1);
});
