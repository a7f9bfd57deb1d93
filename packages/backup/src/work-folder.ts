/** Where a dump lies until it is uploaded, and a database that is thrown away: for this user alone, gone afterwards. */
import { mkdtempSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLocked, lockFolder, type Settings } from '@homepage/platform';

const NAME = 'homepage-backup-';
/** Between making a folder and locking it there is a moment. */
const NEW_MS = 60_000;

/** Embedded beside the data, which is on a disk that holds them; else where the system keeps such things. */
export async function withWorkFolder<Result>(
  { database, dataDir }: Pick<Settings, 'database' | 'dataDir'>,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const root = database ? tmpdir() : dataDir;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  removeLeftBehind(root);
  const folder = mkdtempSync(join(root, NAME));
  const lock = lockFolder(folder, 'homepage backup');
  try {
    return await work(folder);
  } finally {
    lock?.release();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Of a process that was killed: its lock went with it. */
function removeLeftBehind(root: string): void {
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    const made = name.startsWith(NAME) ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (made === undefined || Date.now() - made < NEW_MS) continue;
    try {
      if (!isLocked(path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else's, or gone just now.
    }
  }
}
