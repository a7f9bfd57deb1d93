/** `homepage backup prune`: removes what may go by retention.ts, and what unfinished runs left behind. */
import type { ObjectLock, Settings, StorageLocation } from '@homepage/platform';
import { readCatalog, type CatalogEntry } from './catalog.ts';
import { backupKey, MANIFEST } from './keys.ts';
import { parseManifest } from './manifest.ts';
import { backupsToDelete } from './retention.ts';
import { failureOf } from './failures.ts';
import { withTarget, type Target } from './target.ts';

export type PruneOptions = {
  settings: Pick<Settings, 'backup'>;
  location: StorageLocation;
  now: Date;
  dryRun: boolean;
};

export type PruneReport = {
  target: string;
  dryRun: boolean;
  /** ids */
  backups: string[];
  /** ids of what was begun and never finished */
  unfinished: string[];
  /** uploads that were cut off, as far as the store shows them */
  uploads: number;
  media: number;
  bytes: number;
  kept: number;
  /** what was removed is hidden, and takes its room until it is so old; null: no such thing */
  lock: ObjectLock | null;
  /** why less was removed than one might expect; null: nothing to say */
  note: string | null;
};

/** What is younger may be somebody's work. */
const LEFT_BEHIND_MS = 24 * 3_600_000;
/** Of failures: they are for metrics and for a person who looks. */
const FAILURES_STAY_MS = 30 * LEFT_BEHIND_MS;

/** @throws Problem BACKUP_TARGET_REFUSED when the keys may not remove */
export async function pruneBackups({ settings, location, now, dryRun }: PruneOptions): Promise<PruneReport> {
  const { keepDays: days, keepAtLeast: atLeast } = settings.backup;
  return withTarget(location, async (target) => {
    const { backups, unfinished } = await readCatalog(target);
    const history = backups.map(({ id, at, verifiedAt }) => ({ id, at, verified: verifiedAt !== null }));
    const ids = backupsToDelete(history, now, { days, atLeast });
    const going = backups.filter(({ id }) => ids.includes(id));
    const before = new Date(now.getTime() - LEFT_BEHIND_MS);
    const left = unfinished.filter(({ objects }) => objects.every(({ changedAt }) => changedAt < before));
    let bytes = 0;
    for (const entry of [...going, ...left]) bytes += await removeBackup(target, entry, dryRun);
    const media = await removeMedia(target, ids, before, dryRun);
    const uploads = dryRun ? 0 : await target.removeUnfinished(before);
    if (!dryRun) await forgetFailures(target, new Date(now.getTime() - FAILURES_STAY_MS));
    const [newest] = backups;
    return {
      target: target.name,
      dryRun,
      backups: ids,
      unfinished: left.map(({ id }) => id),
      uploads,
      media: media.count,
      bytes: bytes + media.bytes,
      kept: backups.length - going.length,
      lock: (await target.objectLock()) ?? null,
      note:
        newest && newest.verifiedAt === null
          ? `The newest backup ${newest.id} is not verified: until it is, no backup goes.`
          : media.note,
    };
  });
}

/** The manifest first: what is cut off here is no backup any more, and the next run removes the rest. */
async function removeBackup(target: Target, { id, objects }: CatalogEntry, dryRun: boolean): Promise<number> {
  const manifest = backupKey(id, MANIFEST);
  const order = objects.toSorted((a, b) => Number(b.key === manifest) - Number(a.key === manifest));
  if (!dryRun) for (const { key } of order) await target.remove(key);
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Only what no backup names that stays. Whoever prunes may not write, so there is no lock that both could take; the order
 * does it: a run stores its dump, then looks which files are there, and prune lists the files, then looks for runs, and
 * again before each file that goes.
 * @param going ids of backups that do not stay
 */
async function removeMedia(
  target: Target,
  going: string[],
  before: Date,
  dryRun: boolean,
): Promise<{ count: number; bytes: number; note: string | null }> {
  const named = new NamedFiles(target, going);
  const old: { key: string; bytes: number }[] = [];
  for await (const { key, bytes, changedAt } of target.list('media/'))
    if (changedAt < before) old.push({ key, bytes });
  let count = 0;
  let sum = 0;
  for (const { key, bytes } of old) {
    if (named.has(key)) continue;
    const note = await named.look(before);
    if (note !== null) return { count, bytes: sum, note };
    if (named.has(key)) continue;
    if (!dryRun) await target.remove(key);
    count++;
    sum += bytes;
  }
  return { count, bytes: sum, note: null };
}

/** Files that backups name, as far as they were looked at. */
class NamedFiles {
  #target: Target;
  #keys = new Set<string>();
  #known: Set<string>;

  /** @param ignored ids of backups that do not count */
  constructor(target: Target, ignored: string[]) {
    this.#target = target;
    this.#known = new Set(ignored);
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Reads the manifests that are new. @returns why no file may go now; null: those may that are not named */
  async look(before: Date): Promise<string | null> {
    const { backups, unfinished } = await readCatalog(this.#target);
    const young = unfinished.find(({ objects }) => objects.some(({ changedAt }) => changedAt >= before));
    if (young)
      return `The backup ${young.id} is being made, or was cut off less than a day ago: no file goes until then.`;
    for (const { id } of backups.filter((entry) => !this.#known.has(entry.id))) {
      try {
        const { media } = parseManifest(await this.#target.text(backupKey(id, MANIFEST)), id);
        for (const { hash } of media.files) this.#keys.add(`${media.folder}/${hash}`);
        this.#known.add(id);
      } catch {
        // It might name anything.
        return `The manifest of ${id} cannot be read: until that is mended, no file goes.`;
      }
    }
    return null;
  }
}

async function forgetFailures(target: Target, before: Date): Promise<void> {
  for await (const { key } of target.list('failures/')) {
    const failure = failureOf(key);
    if (failure && failure.at < before) await target.remove(key);
  }
}
