/**
 * One process a data folder. PGlite does not lock its folder, and two writers lose rows in silence.
 *
 * Node has no flock, so the lock is an exclusive SQLite transaction: a kernel lock that goes with the
 * process, also after kill -9, needs no clean-up and no comparison of process ids (docs/decisions/0006).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type FolderLock = { release(): void };
export type LockHolder = { pid: number; command: string; since: string };

/** Takes the lock, or returns undefined when another process holds it. */
export function lockFolder(folder: string, command: string): FolderLock | undefined {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  const holder: LockHolder = { pid: process.pid, command, since: new Date().toISOString() };
  writeFileSync(holderFile(folder), JSON.stringify(holder));
  return { release: () => database.close() };
}

/** Who holds the lock, as far as they said so; for messages only. */
export function lockHolder(folder: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(folder), 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

const holderFile = (folder: string): string => join(folder, 'lock.holder.json');

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === SQLITE_BUSY;
