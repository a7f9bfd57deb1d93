/**
 * A date of front matter: 2026-03-04, with an optional time and an optional offset. Without an offset it is UTC,
 * without a time midnight.
 * @returns undefined when it is not one: also for days that no calendar has, such as 2026-02-30
 */
export function readDate(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value;
  if (typeof value !== 'string') return undefined;
  const match = PATTERN.exec(value.trim());
  if (!match) return undefined;
  const [
    ,
    day,
    hours = '00',
    minutes = '00',
    seconds = '00',
    fraction = '',
    sign,
    offsetHours,
    offsetMinutes,
  ] = match;
  const utc = new Date(`${day}T${hours}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // JavaScript reads 2026-02-30 as the second of March.
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 10) !== day) return undefined;
  const offset = sign ? Number(`${sign}1`) * (Number(offsetHours) * 60 + Number(offsetMinutes ?? 0)) : 0;
  return new Date(utc.getTime() - offset * 60_000);
}

const PATTERN =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(?:[Zz]|UTC|([+-])(\d{2}):?(\d{2})?)?)?$/;

/** As the front matter writes it: only the day when it is midnight UTC. */
export function writeDate(date: Date): string {
  const full = date.toISOString();
  if (full.endsWith('T00:00:00.000Z')) return full.slice(0, 10);
  return full.replace('.000Z', 'Z');
}
