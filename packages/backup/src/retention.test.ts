import { array, assert, boolean, date, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { backupsToDelete, type HistoryEntry } from './retention.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date('2026-11-25T12:00:00Z');

/** Successes, failures to verify, gaps, and clocks that jump: any times, in any order, around any "now". */
const anyTime = date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
const anyHistory = array(record({ at: anyTime, verified: boolean() }), { maxLength: 40 }).map((entries) =>
  entries.map((entry, at) => ({ ...entry, id: `b${at}` })),
);
const anyKeep = record({ days: integer({ min: 1, max: 60 }), atLeast: integer({ min: 1, max: 10 }) });

const byAge = (history: HistoryEntry[]): HistoryEntry[] =>
  history.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));

function left(history: HistoryEntry[], time: Date, keep: { days: number; atLeast: number }): HistoryEntry[] {
  const gone = backupsToDelete(history, time, keep);
  return history.filter(({ id }) => !gone.includes(id));
}

describe('whatever happened,', () => {
  test('the newest verified backup stays', () => {
    assert(
      property(anyHistory, anyTime, anyKeep, (history, time, keep) => {
        const newest = byAge(history).find(({ verified }) => verified);
        if (newest) expect(left(history, time, keep)).toContainEqual(newest);
      }),
      sameEachTime(),
    );
  });

  test('as many verified ones stay as are asked for, or all there are', () => {
    assert(
      property(anyHistory, anyTime, anyKeep, (history, time, keep) => {
        const count = (entries: HistoryEntry[]): number => entries.filter(({ verified }) => verified).length;
        expect(count(left(history, time, keep))).toBeGreaterThanOrEqual(
          Math.min(count(history), keep.atLeast),
        );
      }),
      sameEachTime(),
    );
  });

  test('nothing goes while the newest is not verified', () => {
    assert(
      property(anyHistory, anyTime, anyKeep, (history, time, keep) => {
        if (byAge(history)[0]?.verified !== true) expect(backupsToDelete(history, time, keep)).toEqual([]);
      }),
      sameEachTime(),
    );
  });

  test('what is young, or from the future, stays', () => {
    assert(
      property(anyHistory, anyTime, anyKeep, (history, time, keep) => {
        const young = history.filter(({ at }) => time.getTime() - at.getTime() <= keep.days * DAY);
        expect(left(history, time, keep)).toEqual(expect.arrayContaining(young));
      }),
      sameEachTime(),
    );
  });

  test('pruning again at the same time removes nothing more', () => {
    assert(
      property(anyHistory, anyTime, anyKeep, (history, time, keep) => {
        expect(backupsToDelete(left(history, time, keep), time, keep)).toEqual([]);
      }),
      sameEachTime(),
    );
  });

  test('pruning day after day while backups fail never takes the last good one', () => {
    assert(
      property(anyHistory, integer({ min: 1, max: 400 }), anyKeep, (history, days, keep) => {
        const best = byAge(history).find(({ verified }) => verified);
        let rest: HistoryEntry[] = history;
        for (let day = 0; day < days; day += 7) rest = left(rest, new Date(now.getTime() + day * DAY), keep);
        if (best) expect(rest).toContainEqual(best);
      }),
      sameEachTime(50),
    );
  });
});

/** Four a day for so many days, the newest first. */
const everySixHours = (days: number, verified = true): HistoryEntry[] =>
  Array.from({ length: days * 4 }, (_, at) => ({
    id: `b${at}`,
    at: new Date(now.getTime() - at * 6 * HOUR),
    verified,
  }));

test('in good times seven days stay', () => {
  expect(left(everySixHours(20), now, { days: 7, atLeast: 4 })).toHaveLength(7 * 4 + 1);
});

test('after eight days without any, what is kept is the last four that were proven', () => {
  const later = new Date(now.getTime() + 8 * DAY);
  expect(left(everySixHours(7), later, { days: 7, atLeast: 4 }).map(({ id }) => id)).toEqual([
    'b0',
    'b1',
    'b2',
    'b3',
  ]);
});

test('eight days of backups that do not verify remove nothing', () => {
  const bad = everySixHours(8, false).map((entry) => ({ ...entry, id: `bad-${entry.id}` }));
  const good = everySixHours(7).map((entry) => ({ ...entry, at: new Date(entry.at.getTime() - 8 * DAY) }));
  expect(backupsToDelete([...bad, ...good], now, { days: 7, atLeast: 4 })).toEqual([]);
});
