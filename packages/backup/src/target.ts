/** A place that backups go to: a folder or a bucket, asked in one way, with its name in every failure. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  openLocation,
  Problem,
  type ObjectLock,
  type Storage,
  type StorageLocation,
  type StoredObject,
} from '@homepage/platform';

export type Target = {
  /** its address without what is secret */
  name: string;
  put(key: string, body: Uint8Array | Readable): Promise<void>;
  /** @throws Problem BACKUP_OBJECT_MISSING */
  get(key: string): Promise<StoredObject>;
  text(key: string): Promise<string>;
  list(prefix: string): AsyncIterable<{ key: string; bytes: number; changedAt: Date }>;
  remove(key: string): Promise<void>;
  removeUnfinished(before: Date): Promise<number>;
  objectLock(): Promise<ObjectLock | undefined>;
  close(): void;
};

export async function openTarget(location: StorageLocation): Promise<Target> {
  const storage: Storage = await openLocation(location);
  const { name } = location;
  const asked = <Answer>(work: Promise<Answer>): Promise<Answer> =>
    work.catch((cause: unknown) => {
      throw named(cause, name);
    });
  const get = async (key: string): Promise<StoredObject> => {
    const object = await asked(storage.get(key));
    if (object) return object;
    throw new Problem('BACKUP_OBJECT_MISSING', `${key} is not in ${name}.`, {
      field: key,
      fix: 'Use another backup, or the other target: `homepage backup list` shows what there is.',
    });
  };
  return {
    name,
    put: (key, body) => asked(storage.put(key, body)),
    get,
    text: async (key) => (await buffer((await get(key)).body)).toString(),
    async *list(prefix) {
      const objects = storage.list(prefix)[Symbol.asyncIterator]();
      for (let next = await asked(objects.next()); !next.done; next = await asked(objects.next()))
        yield next.value;
    },
    remove: (key) => asked(storage.remove(key)),
    async removeUnfinished(before) {
      return (
        (await asked(storage.removeUnfinished('backups/', before))) +
        (await asked(storage.removeUnfinished('media/', before)))
      );
    },
    objectLock: () => storage.objectLock(),
    close: () => storage.close(),
  };
}

/** Opens targets for some work and closes them after it. */
export async function withTarget<Result>(
  location: StorageLocation,
  work: (target: Target) => Promise<Result>,
): Promise<Result> {
  const target = await openTarget(location);
  try {
    return await work(target);
  } finally {
    target.close();
  }
}

const CODES: Record<string, string> = {
  STORAGE_REFUSED: 'BACKUP_TARGET_REFUSED',
  STORAGE_UNTRUSTED: 'BACKUP_TARGET_UNTRUSTED',
  STORAGE_NOT_S3: 'BACKUP_TARGET_NOT_S3',
  STORAGE_AWAY: 'BACKUP_TARGET_AWAY',
  STORAGE_FAILED: 'BACKUP_TARGET_FAILED',
  STORAGE_FULL: 'BACKUP_TARGET_FULL',
  DISK_FULL: 'BACKUP_TARGET_FULL',
};
const MAKE_ROOM = 'Make room there (`homepage backup prune` removes what is old), then try again.';
/** Where the words for the site's own storage would send a person to the wrong place. */
const FIXES: Record<string, string> = {
  STORAGE_FAILED: 'Check that this user may write in that folder, then try again.',
  STORAGE_FULL: MAKE_ROOM,
  DISK_FULL: MAKE_ROOM,
};

function named(cause: unknown, name: string): unknown {
  const code = cause instanceof Problem ? CODES[cause.code] : undefined;
  if (code === undefined) return cause;
  const { code: was, message, fix } = cause as Problem;
  const what = was === 'DISK_FULL' ? 'The disk is full.' : message;
  return new Problem(code, `The backup target ${name}: ${what}`, {
    field: 'BACKUP_TO',
    fix: FIXES[was] ?? fix.replace(/STORAGE_URL( or storage\.json)?/, 'BACKUP_TO'),
    cause,
  });
}
