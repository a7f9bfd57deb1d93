/** Which backups may go. A pure function: what it must never do is tested on any history (retention.test.ts). */
export type HistoryEntry = {
  id: string;
  at: Date;
  /** it was restored and compared at least once */
  verified: boolean;
};

export type Keep = {
  /** younger ones stay */
  days: number;
  /** so many verified ones stay, whatever their age */
  atLeast: number;
};

const DAY_MS = 86_400_000;

/**
 * - Nothing goes while the newest backup is not verified: then something is wrong, and old ones may be what is needed.
 * - The newest verified ones stay, `atLeast` of them and at least one, whatever their age.
 * - What is younger than `days` stays, and so does what seems to come from the future: a clock is wrong.
 * @param history complete backups, in any order
 * @returns ids, the oldest first
 */
export function backupsToDelete(history: HistoryEntry[], now: Date, { days, atLeast }: Keep): string[] {
  const newestFirst = history.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
  if (!newestFirst[0]?.verified) return [];
  const safe = newestFirst.filter(({ verified }) => verified).slice(0, Math.max(1, atLeast));
  return newestFirst
    .filter((entry) => !safe.includes(entry) && now.getTime() - entry.at.getTime() > days * DAY_MS)
    .map(({ id }) => id)
    .toReversed();
}
