/** What clocks on the wall of a time zone show, by the zone data that JavaScript has. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** @returns a date whose UTC fields are what the clocks show at that instant */
export function wallTime(instant: Date, timeZone: string): Date {
  let format = formats.get(timeZone);
  if (!format) {
    const numbers = { month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone,
      ...numbers,
      year: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN } = parts;
  const wall = new Date(0);
  wall.setUTCFullYear(year, month - 1, day);
  wall.setUTCHours(hour, minute, second, instant.getUTCMilliseconds());
  return wall;
}

/**
 * The instant when clocks show this; the first of two when they are put back, as much later as they are put forward
 * when they never show it.
 * @param wall a date whose UTC fields are what the clocks show
 */
export function instantOf(wall: Date, timeZone: string): Date {
  const offsetAt = (time: number): number => wallTime(new Date(time), timeZone).getTime() - time;
  const before = offsetAt(wall.getTime() - DAY);
  const after = offsetAt(wall.getTime() + DAY);
  const candidates = [wall.getTime() - before, wall.getTime() - after];
  const shown = candidates.filter((time) => time + offsetAt(time) === wall.getTime());
  return new Date(shown.length > 0 ? Math.min(...shown) : candidates[0]!);
}

const DAY = 86_400_000;
