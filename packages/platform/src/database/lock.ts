/**
 * One process a data folder. PGlite does not lock its folder, and two writers lose rows in silence.
 *
 * Node has no flock, so the lock is an exclusive SQLite transaction: a kernel lock that goes with the
 * process, also after kill -9, needs no clean-up and no comparison of process ids (docs/decisions/0006).
 * Never open the file `lock` in the process that holds it: closing any handle on it would free the lock.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type FolderLock = { release(): void };
export type LockHolder = { pid: number; command: string; since: string };

/** Takes the lock, or returns undefined when another process holds it. */
export function lockFolder(folder: string, command: string): FolderLock | undefined {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    sayWhoHolds(folder, command);
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}

/** Whether another process holds the lock now. Changes nothing in the folder. */
export function isLocked(folder: string): boolean {
  const file = join(folder, 'lock');
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 0; SELECT 1 FROM sqlite_schema');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

/** Who holds the lock, as far as they said so; for messages only. */
export function lockHolder(folder: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(folder), 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function sayWhoHolds(folder: string, command: string): void {
  const holder: LockHolder = { pid: process.pid, command, since: new Date().toISOString() };
  try {
    writeFileSync(holderFile(folder), JSON.stringify(holder));
  } catch (error) {
    // On a full disk the lock still locks; only its message is poorer.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

const holderFile = (folder: string): string => join(folder, 'lock.holder.json');

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === SQLITE_BUSY;
