import { expect, test } from 'vitest';
import { readDate, writeDate } from './date.ts';

test.each([
  ['2026-03-04', '2026-03-04T00:00:00.000Z'],
  ['2026/3/4', '2026-03-04T00:00:00.000Z'],
  ['Jul 08 2022', '2022-07-08T00:00:00.000Z'],
  ['July 8, 2022 10:30', '2022-07-08T10:30:00.000Z'],
  ['8th March 2022', '2022-03-08T00:00:00.000Z'],
  ['Fri, 04 Mar 2022 10:00:00 +0200', '2022-03-04T08:00:00.000Z'],
  ['2019-03-04 12:00:00 -0500', '2019-03-04T17:00:00.000Z'],
  ['2019-03-04T12:00:00.123456Z', '2019-03-04T12:00:00.123Z'],
  ['2019-03-04 9:05', '2019-03-04T09:05:00.000Z'],
  ['1901-01-01', '1901-01-01T00:00:00.000Z'],
  ['2099-01-01', '2099-01-01T00:00:00.000Z'],
])('%s', (text, expected) => {
  expect(readDate(text, 'UTC')?.toISOString()).toBe(expected);
});

test.each(['2019-13-45', '2026-02-30', 'Foo 1 2022', '2022', 'soon', '2019-03-04 10:00 PST', 20220304])(
  '%s is not a date',
  (value) => expect(readDate(value, 'UTC')).toBeUndefined(),
);

test.each([
  ['2026-03-04', 'America/New_York', '2026-03-04T05:00:00.000Z'],
  ['2026-07-04', 'America/New_York', '2026-07-04T04:00:00.000Z'],
  ['2026-01-01', 'Pacific/Auckland', '2025-12-31T11:00:00.000Z'],
  ['2026-03-04 10:30', 'Asia/Kolkata', '2026-03-04T05:00:00.000Z'],
  ['2026-03-04 10:30 +0000', 'Asia/Kolkata', '2026-03-04T10:30:00.000Z'],
  ['2026-03-04T10:30:00Z', 'America/New_York', '2026-03-04T10:30:00.000Z'],
  // clocks are put forward at that hour, and show it twice
  ['2026-03-08 02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
  ['2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  // midnight that never was
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['1901-01-01', 'Europe/Oslo', '1900-12-31T23:00:00.000Z'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(readDate(text, zone)?.toISOString()).toBe(expected);
});

test.each(['UTC', 'America/New_York', 'Pacific/Auckland', 'Asia/Kolkata', 'America/Sao_Paulo'])(
  'what is written in %s is read again as the same moment, a day as that day',
  (zone) => {
    for (const text of ['2026-03-04', '2026-03-08', '2026-11-01', '2018-11-04', '2018-02-18', '1901-01-01'])
      expect(writeDate(readDate(text, zone)!, zone).slice(0, 10)).toBe(text);
    for (let hour = 0; hour < 24 * 400; hour += 7) {
      const date = new Date(Date.UTC(2018, 0, 1, hour));
      expect(readDate(writeDate(date, zone), zone)).toEqual(date);
    }
  },
);
