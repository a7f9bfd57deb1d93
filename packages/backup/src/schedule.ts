/** What the schedule does when, as pure functions. */
import type { CatalogEntry } from './catalog.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVERY_MS = 6 * HOUR_MS;
/** A clock of cron is not the clock of the backup before: a little early is in time. */
const EARLY_MS = HOUR_MS / 2;

/**
 * A run that was missed is due at once. One that seems to lie in the future says that a clock was wrong, and counts for
 * nothing.
 */
export function isDue(last: Date | null, now: Date): boolean {
  if (last === null) return true;
  const age = now.getTime() - last.getTime();
  return age >= EVERY_MS - EARLY_MS || age < -EARLY_MS;
}

/**
 * Once a week a backup that was proven before is proven again: storage decays.
 * @param backups complete ones, the newest first
 * @param random from 0 to 1, exclusive
 * @returns its id; undefined: not now
 */
export function olderToVerify(backups: CatalogEntry[], now: Date, random: number): string | undefined {
  const older = backups.slice(1);
  const lately = older.some(
    ({ at, verifiedAt }) =>
      verifiedAt !== null &&
      verifiedAt.getTime() - at.getTime() > DAY_MS &&
      now.getTime() - verifiedAt.getTime() < 7 * DAY_MS,
  );
  // In the first days none is old enough for it to tell anything.
  const candidates = older.filter(({ at }) => now.getTime() - at.getTime() > DAY_MS);
  return lately ? undefined : candidates[Math.floor(random * candidates.length)]?.id;
}
