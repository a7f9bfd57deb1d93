/** Looks at the targets now and then, for whoever shows how the backups are. It loads little. */
import type { StorageLocation } from '@homepage/platform';
import { isDue } from './schedule.ts';
import { targetStatus, type TargetStatus } from './status.ts';

export type { TargetStatus };
export { siteTargets } from './places.ts';

/** Each look is one listing and one small object a target. */
const LOOK_EVERY_MS = 60_000;

export type BackupWatch = {
  /** as they were at the last look; empty before the first one */
  targets(): TargetStatus[];
  /** when a backup was last proven, in any target */
  lastVerifiedAt(): Date | null;
  /** now, and not only when it is time */
  look(): Promise<void>;
  /** from now on these, as they may have other keys */
  renew(locations: StorageLocation[]): Promise<void>;
  stop(): void;
};

/**
 * @param onLook called after each look
 * @param onError what is no answer of a target; the next look comes all the same
 */
export function watchBackups(
  first: StorageLocation[],
  {
    onLook = () => {},
    onError,
  }: { onLook?: (targets: TargetStatus[]) => void; onError: (error: unknown) => void },
): BackupWatch {
  let locations = first;
  let targets: TargetStatus[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  async function look(): Promise<void> {
    try {
      targets = await Promise.all(locations.map((location) => targetStatus(location)));
      onLook(targets);
    } catch (error) {
      onError(error);
    }
  }
  async function lookOnAndOn(): Promise<void> {
    await look();
    if (!stopped) timer = setTimeout(() => void lookOnAndOn(), LOOK_EVERY_MS).unref();
  }
  void lookOnAndOn();
  return {
    targets: () => targets,
    lastVerifiedAt() {
      const times = targets.flatMap(({ lastVerifiedAt }) => lastVerifiedAt?.getTime() ?? []);
      return times.length > 0 ? new Date(Math.max(...times)) : null;
    },
    look,
    async renew(next) {
      locations = next;
      await look();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Whether the schedule has something to do: a backup is due, or the newest has no proof. */
export function needsWork(targets: TargetStatus[], now: Date): boolean {
  return targets.some(
    ({ ok, lastBackupAt, restorable }) =>
      ok && (isDue(lastBackupAt, now) || restorable?.at.getTime() !== lastBackupAt?.getTime()),
  );
}
