import { expect, test } from 'vitest';
import type { CatalogEntry } from './catalog.ts';
import { isDue, olderToVerify } from './schedule.ts';

const now = new Date('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

test.each([
  ['there is none', null, true],
  ['the last one is new', hoursAgo(1), false],
  ['it was six hours ago, by a clock that is a little ahead', hoursAgo(5.9), true],
  ['one was missed', hoursAgo(9), true],
  ['the last one seems to come from tomorrow', hoursAgo(-24), true],
  ['the clocks differ by a minute', hoursAgo(-1 / 60), false],
])('%s: due is %j', (_name, last, due) => {
  expect(isDue(last, now)).toBe(due);
});

const backup = (id: string, at: Date, verifiedAt: Date | null): CatalogEntry => ({
  id,
  at,
  verifiedAt,
  complete: true,
  objects: [],
});
/** Eight days of four a day, each verified an hour later, the newest first. */
const week = Array.from({ length: 32 }, (_, at) => backup(`b${at}`, hoursAgo(at * 6), hoursAgo(at * 6 - 1)));

test('an older one is proven again once a week, any of them, never the newest', () => {
  const chosen = new Set(Array.from({ length: 320 }, (_, at) => olderToVerify(week, now, at / 320)));
  expect(chosen).toEqual(new Set(week.slice(5).map(({ id }) => id)));
});

test('not twice in a week', () => {
  const again = week.with(20, { ...week[20]!, verifiedAt: hoursAgo(24) });
  expect(olderToVerify(again, now, 0.5)).toBeUndefined();
  const long = week.with(20, { ...week[20]!, verifiedAt: hoursAgo(24 * 7 + 1), at: hoursAgo(24 * 10) });
  expect(olderToVerify(long, now, 0.5)).toBeDefined();
});

test('not in the first days', () => {
  expect(olderToVerify(week.slice(0, 4), now, 0.5)).toBeUndefined();
  expect(olderToVerify([], now, 0)).toBeUndefined();
});
