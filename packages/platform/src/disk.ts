/** What a failed write means for a person. */
import { statfsSync } from 'node:fs';
import { Problem } from './problem.ts';

/** PostgreSQL's log grows in pieces of 16 MB; with less than two of them free it may be unable to open. */
const NEEDED = 32 * 1024 * 1024;

export function diskFull(cause: unknown): Problem {
  return new Problem('DISK_FULL', 'The disk that holds the data folder is full.', {
    field: 'DATA_DIR',
    command: 'df -h',
    fix: 'Free at least 32 MB, then run the same command again: what was acknowledged is stored.',
    status: 507,
    cause,
  });
}

export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Bytes this user may still write, or undefined when the system does not say. */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Some failures of the embedded database do not say why; an exhausted disk is the usual reason. */
export function diskIsExhausted(folder: string): boolean {
  const free = freeBytes(folder);
  return free !== undefined && free < NEEDED;
}
