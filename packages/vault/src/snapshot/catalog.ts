/**
 * Snapshots in a target, which may be the one of the site's backups:
 *   vault/<server>/<id>/snapshot.age    only its recipients read it
 *   vault/<server>/<id>/manifest.json   written last: without it there is no snapshot
 */
import { text } from 'node:stream/consumers';
import { Problem, timeOfId, type ListedObject, type Storage } from '@homepage/platform';
import type { Seal, ServerKind } from '../server.ts';

export type Manifest = {
  /** of this file and of what lies beside it */
  format: 1;
  id: string;
  server: ServerKind;
  /** what opens it after it was restored; snapshots from before a seal could be moved do not say it */
  seal?: Seal;
  takenAt: string;
  /** Vault's own */
  version: string;
  /** as stored */
  bytes: number;
  sha256: string;
  /** public keys of age */
  recipients: string[];
};

export const keyOf = (server: ServerKind, id: string, object: 'snapshot.age' | 'manifest.json'): string =>
  `vault/${server}/${id}/${object}`;

/** What lies below one id. */
export type Entry = {
  id: string;
  objects: ListedObject[];
  /** undefined: there is none */
  manifest: Manifest | 'unreadable' | undefined;
};

/** Everything that has the id of a snapshot, finished or not, the newest first. */
export async function readEntries(storage: Storage, server: ServerKind): Promise<Entry[]> {
  const entries = new Map<string, Entry>();
  for await (const object of storage.list(`vault/${server}/`)) {
    const [, , id = '', name] = object.key.split('/');
    if (!timeOfId(id)) continue;
    const entry = entries.get(id) ?? { id, objects: [], manifest: undefined };
    entries.set(id, entry);
    entry.objects.push(object);
    if (name !== 'manifest.json') continue;
    const stored = await storage.get(object.key);
    const manifest = stored && readManifest(await text(stored.body));
    entry.manifest = manifest?.id === id && manifest.server === server ? manifest : 'unreadable';
  }
  return [...entries.values()].toSorted((one, other) => (one.id < other.id ? 1 : -1));
}

/** The newest first; those that were never finished are none. */
export async function listSnapshots(storage: Storage, server: ServerKind): Promise<Manifest[]> {
  const entries = await readEntries(storage, server);
  return entries.flatMap(({ manifest }) => (typeof manifest === 'object' ? manifest : []));
}

/**
 * @param wanted an id, or undefined for the newest
 * @throws Problem VAULT_SNAPSHOT_UNKNOWN, VAULT_SNAPSHOT_OTHER_SERVER
 */
export async function findSnapshot(
  storage: Storage,
  server: ServerKind,
  wanted: string | undefined,
): Promise<Manifest> {
  const all = await listSnapshots(storage, server);
  const found = wanted === undefined ? all[0] : all.find(({ id }) => id === wanted);
  if (found) return found;
  const other: ServerKind = server === 'primary' ? 'bootstrap' : 'primary';
  if (wanted !== undefined && (await listSnapshots(storage, other)).some(({ id }) => id === wanted))
    throw otherServer(server, other);
  throw new Problem(
    'VAULT_SNAPSHOT_UNKNOWN',
    wanted === undefined
      ? `There is no snapshot of the ${server} there.`
      : `There is no snapshot ${wanted} of the ${server}.`,
    {
      fix: 'Name one that is there, or another target with --from.',
      command: 'homepage vault snapshots',
    },
  );
}

export function otherServer(wanted: ServerKind, is: ServerKind | undefined): Problem {
  return new Problem(
    'VAULT_SNAPSHOT_OTHER_SERVER',
    `This is a snapshot of ${is === undefined ? 'a Vault that is none of ours' : `the ${is}`}, not of the ${wanted}.`,
    {
      fix: `What is in it would be of no use there. Use one of the ${wanted}.`,
      command: 'homepage vault snapshots',
    },
  );
}

/** @returns undefined when it is none, or of a format that this release does not know */
function readManifest(json: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(json) as Manifest;
    return manifest.format === 1 && Number.isSafeInteger(manifest.bytes) ? manifest : undefined;
  } catch {
    return undefined;
  }
}
