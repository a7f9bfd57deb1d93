/** Removes snapshots that are old, of both Vaults, each by itself. What stays is decided as for backups of the site. */
import { timeOfId, type Storage } from '@homepage/platform';
import type { ServerKind } from '../server.ts';
import { keyOf, readEntries, type Entry } from './catalog.ts';

/** Whole: it is stored as its manifest says. */
export type Snapshot = { id: string; at: Date; whole: boolean };

export type PruneOptions = {
  storage: Storage;
  /** ids of those that may go, of one Vault's */
  choose: (history: Snapshot[]) => string[];
  now: Date;
  dryRun: boolean;
};

export type Pruned = {
  server: ServerKind;
  /** ids */
  removed: string[];
  /** ids of what was begun and never finished, and of what an earlier run had begun to remove */
  unfinished: string[];
  /** ids of those with a manifest that nobody here can read: they stay */
  unreadable: string[];
  bytes: number;
  kept: number;
  /** why less was removed than one might expect; null: nothing to say */
  note: string | null;
};

/** What is younger may be somebody's work. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

/** @throws Problem of the storage when its keys may not remove */
export async function pruneSnapshots(options: PruneOptions): Promise<Pruned[]> {
  return [await pruneOf('primary', options), await pruneOf('bootstrap', options)];
}

async function pruneOf(server: ServerKind, { storage, choose, now, dryRun }: PruneOptions): Promise<Pruned> {
  const entries = await readEntries(storage, server);
  const finished = entries.filter(({ manifest }) => typeof manifest === 'object');
  const history = finished.map((entry) => ({ id: entry.id, at: timeOfId(entry.id)!, whole: isWhole(entry) }));
  const ids = choose(history);
  const before = new Date(now.getTime() - LEFT_BEHIND_MS);
  const removed = finished.filter(({ id }) => ids.includes(id));
  const unfinished = entries.filter(
    ({ manifest, objects }) => manifest === undefined && objects.every(({ changedAt }) => changedAt < before),
  );
  let bytes = 0;
  for (const entry of [...removed, ...unfinished]) {
    bytes += entry.objects.reduce((sum, object) => sum + object.bytes, 0);
    if (!dryRun) await remove(storage, server, entry);
  }
  const [newest] = history;
  return {
    server,
    removed: removed.map(({ id }) => id).toReversed(),
    unfinished: unfinished.map(({ id }) => id).toReversed(),
    unreadable: entries.filter(({ manifest }) => manifest === 'unreadable').map(({ id }) => id),
    bytes,
    kept: finished.length - removed.length,
    note:
      newest && !newest.whole
        ? `The newest snapshot ${newest.id} is not stored as its manifest says: until there is one that is, none goes.`
        : null,
  };
}

const isWhole = ({ id, manifest, objects }: Entry): boolean =>
  typeof manifest === 'object' &&
  objects.some(
    ({ key, bytes }) => key === keyOf(manifest.server, id, 'snapshot.age') && bytes === manifest.bytes,
  );

/** The manifest first: what is cut off here is no snapshot any more, and the next run removes the rest. */
async function remove(storage: Storage, server: ServerKind, { id, objects }: Entry): Promise<void> {
  const manifest = keyOf(server, id, 'manifest.json');
  for (const { key } of objects.toSorted((a, b) => Number(b.key === manifest) - Number(a.key === manifest)))
    await storage.remove(key);
}
