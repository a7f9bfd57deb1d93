/** `homepage backup status`: whether the site could be restored right now, and to when. */
import { Problem, type StorageLocation } from '@homepage/platform';
import { readCatalog, readFailures } from './catalog.ts';
import type { Failure } from './failures.ts';
import { backupKey, MANIFEST } from './keys.ts';
import { parseManifest } from './manifest.ts';
import { withTarget, type Target } from './target.ts';

export type TargetStatus = {
  target: string;
  /** false: it could not be asked */
  ok: boolean;
  error: Problem | null;
  backups: number;
  /** when the newest complete backup was begun */
  lastBackupAt: Date | null;
  /** when a backup was last proven */
  lastVerifiedAt: Date | null;
  /** the newest backup that was proven, and when it was begun */
  restorable: { id: string; at: Date } | null;
  /** of the newest complete backup, without pictures */
  bytes: number | null;
  /** from its snapshot until it was stored */
  seconds: number | null;
  /** in the last seven days, the newest first */
  failures: Failure[];
};

const RECENT_MS = 7 * 86_400_000;

export async function targetStatus(location: StorageLocation, now = new Date()): Promise<TargetStatus> {
  const nothing: TargetStatus = {
    target: location.name,
    ok: true,
    error: null,
    backups: 0,
    lastBackupAt: null,
    lastVerifiedAt: null,
    restorable: null,
    bytes: null,
    seconds: null,
    failures: [],
  };
  try {
    return await withTarget(location, async (target) => {
      const { backups } = await readCatalog(target);
      const failures = await readFailures(target);
      const verified = backups.filter(({ verifiedAt }) => verifiedAt !== null);
      const proofs = verified.map(({ verifiedAt }) => verifiedAt!.getTime());
      const [newest] = backups;
      const [best] = verified;
      return {
        ...nothing,
        backups: backups.length,
        lastBackupAt: newest?.at ?? null,
        lastVerifiedAt: proofs.length > 0 ? new Date(Math.max(...proofs)) : null,
        restorable: best ? { id: best.id, at: best.at } : null,
        bytes: newest ? newest.objects.reduce((sum, { bytes }) => sum + bytes, 0) : null,
        seconds: newest ? await secondsOf(target, newest.id) : null,
        failures: failures.filter(({ at }) => now.getTime() - at.getTime() < RECENT_MS),
      };
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ...nothing, ok: false, error };
  }
}

/** null: its manifest cannot be read, which verifying tells */
async function secondsOf(target: Target, id: string): Promise<number | null> {
  try {
    const { takenAt, finishedAt } = parseManifest(await target.text(backupKey(id, MANIFEST)), id);
    return (Date.parse(finishedAt) - Date.parse(takenAt)) / 1000;
  } catch {
    return null;
  }
}
