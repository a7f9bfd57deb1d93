import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { diskFull, isDiskFull } from '../disk.ts';
import { Problem } from '../problem.ts';
import type { Storage } from './storage.ts';

export function openFileStorage(dataDir: string): Storage {
  const root = join(dataDir, 'objects');
  const pathOf = (key: string): string => {
    if (!/^[a-z0-9]+(\/[\w.-]+)+$/i.test(key) || key.includes('..'))
      throw new Error(`not a storage key: ${key}`);
    return join(root, key);
  };
  return {
    kind: 'files',
    async put(key, bytes) {
      const path = pathOf(key);
      const part = `${path}.${randomUUID()}.tmp`;
      try {
        await mkdir(dirname(path), { recursive: true });
        const file = await open(part, 'wx');
        try {
          await file.writeFile(bytes);
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
    async get(key) {
      const path = pathOf(key);
      const info = await stat(path).catch(() => undefined);
      return info && { body: createReadStream(path), bytes: info.size };
    },
    async has(key) {
      return (await stat(pathOf(key)).catch(() => undefined)) !== undefined;
    },
    async remove(key) {
      await rm(pathOf(key), { force: true });
    },
    async count() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp')).length;
    },
  };
}

function storageProblem(cause: unknown): Problem {
  if (isDiskFull(cause)) return diskFull(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return new Problem('STORAGE_FAILED', `The file could not be stored (${code ?? String(cause)}).`, {
    field: 'DATA_DIR',
    fix: 'Check the permissions of the data folder, then try again.',
    cause,
  });
}
