import { instantOf, wallTime } from './wall-time.ts';

/**
 * A date of front matter as blogs write it: 2026-03-04, 2026/3/4, "Mar 04 2026", "4 March 2026", each with an optional
 * time and an optional offset. Without a time it is midnight; without an offset it is what clocks show where the site
 * is, so that the site shows the day that was written.
 * @returns undefined when it is not one: also for days that no calendar has, such as 2026-02-30
 */
export function readDate(value: unknown, timeZone: string): Date | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replace(/^(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*,?\s+/i, '');
  const day = readDay(text);
  if (!day) return undefined;
  const time = TIME.exec(text.slice(day.length));
  if (!time) return undefined;
  const [
    ,
    hours = '0',
    minutes = '00',
    seconds = '00',
    fraction = '',
    zone,
    sign,
    offsetHours,
    offsetMinutes,
  ] = time;
  const utc = new Date(
    `${day.iso}T${hours.padStart(2, '0')}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`,
  );
  // JavaScript reads 2026-02-30 as the second of March.
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 10) !== day.iso) return undefined;
  if (zone === undefined) return instantOf(utc, timeZone);
  if (sign === undefined) return utc;
  const offset = Number(`${sign}1`) * (Number(offsetHours) * 60 + Number(offsetMinutes ?? 0));
  return new Date(utc.getTime() - offset * 60_000);
}

type Day = { /** 2026-03-04 */ iso: string; /** of the text that says it */ length: number };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NUMBERS = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/;
const MONTH_FIRST = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)/i;
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})(?!\d)/i;
const TIME =
  /^(?:[Tt\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([Zz]|UTC|GMT|([+-])(\d{2}):?(\d{2})?)?)?$/;

function readDay(text: string): Day | undefined {
  let match = NUMBERS.exec(text);
  if (match) return dayOf(match, match[1]!, Number(match[3]), match[4]!);
  match = MONTH_FIRST.exec(text);
  if (match) return dayOf(match, match[3]!, monthNumber(match[1]!), match[2]!);
  match = DAY_FIRST.exec(text);
  return match ? dayOf(match, match[3]!, monthNumber(match[2]!), match[1]!) : undefined;
}

function dayOf([all]: RegExpExecArray, year: string, month: number, day: string): Day | undefined {
  if (month < 1 || month > 12) return undefined;
  return { iso: `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`, length: all.length };
}

/** 0 when it is no month */
const monthNumber = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

/** As the front matter writes it, so that `readDate` reads the same: only the day when it is midnight there. */
export function writeDate(date: Date, timeZone: string): string {
  const day = wallTime(date, timeZone).toISOString().slice(0, 10);
  if (readDate(day, timeZone)?.getTime() === date.getTime()) return day;
  return date.toISOString().replace('.000Z', 'Z');
}
