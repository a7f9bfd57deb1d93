import { createReadStream, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join, relative, sep } from 'node:path';
import { diskFull, isDiskFull } from '../disk.ts';
import { requireWritable } from '../data-folder.ts';
import { Problem } from '../problem.ts';
import { checkKey } from './key.ts';
import type { Storage } from './storage.ts';

export const openFileStorage = (dataDir: string): Storage => openFilesIn(join(dataDir, 'objects'), dataDir);

/** Node's own `recursive` tries for ever where a folder exists and nothing can be made in it, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    const above = dirname(path);
    if ((await stat(above).catch(() => undefined)) === undefined) await makeFolder(above);
    // Another one may have made it meanwhile.
    await mkdir(path, { mode: 0o700 }).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

/**
 * @param root made at the first write, for this user alone
 * @param holder the folder that must be writable for that
 */
export function openFilesIn(root: string, holder = root): Storage {
  const pathOf = (key: string): string => join(root, checkKey(key));
  return {
    kind: 'files',
    async put(key, body) {
      const path = pathOf(key);
      const part = `${path}.${randomUUID()}.tmp`;
      try {
        await makeFolder(dirname(path));
        const file = await open(part, 'wx', 0o600);
        try {
          await file.writeFile(body);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, path);
      } catch (cause) {
        await rm(part, { force: true }).catch(() => {}); // the first failure is the one to tell
        throw storageProblem(cause);
      }
    },
    async get(key, range) {
      const path = pathOf(key);
      const info = await stat(path).catch(() => undefined);
      const part = range && { start: range.first, end: range.last };
      return info && { body: createReadStream(path, part), bytes: info.size };
    },
    async has(key) {
      return (await stat(pathOf(key)).catch(() => undefined)) !== undefined;
    },
    async remove(key) {
      await rm(pathOf(key), { force: true });
    },
    async *list(prefix) {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      const keys = entries.filter(isObject).map((entry) => keyOf(root, entry));
      for (const key of keys.filter((name) => name.startsWith(prefix)).toSorted(byBytes)) {
        const info = await stat(join(root, key)).catch(() => undefined);
        if (info) yield { key, bytes: info.size, changedAt: info.mtime };
      }
    },
    async check() {
      requireWritable(holder);
      return undefined;
    },
    async removeUnfinished(prefix, before) {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      let removed = 0;
      for (const entry of entries.filter((file) => file.isFile() && file.name.endsWith('.tmp'))) {
        const path = join(entry.parentPath, entry.name);
        const info = await stat(path).catch(() => undefined);
        if (!info || info.mtime >= before || !keyOf(root, entry).startsWith(prefix)) continue;
        await rm(path, { force: true });
        removed++;
      }
      return removed;
    },
    objectLock: async () => undefined,
    async renew() {},
    close() {},
  };
}

const isObject = (entry: Dirent): boolean => entry.isFile() && !entry.name.endsWith('.tmp');

const keyOf = (root: string, entry: Dirent): string =>
  relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/');

/** Keys are ASCII. */
const byBytes = (a: string, b: string): number => (a < b ? -1 : 1);

function storageProblem(cause: unknown): unknown {
  if (isDiskFull(cause)) return diskFull(cause);
  const { code, syscall } = cause as NodeJS.ErrnoException;
  // What failed was the stream that was given, not the disk.
  if (syscall === undefined) return cause;
  return new Problem('STORAGE_FAILED', `The file could not be stored (${code ?? String(cause)}).`, {
    field: 'DATA_DIR',
    fix: 'Check the permissions of the data folder, then try again.',
    cause,
  });
}
