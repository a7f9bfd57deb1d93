/** Where the socket of a data folder is, and that it is nobody else's. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../../problem.ts';

export const EMBEDDED_PORT = 5432;
/** Socket addresses hold 104 bytes on macOS, 108 on Linux, and the name of the socket is among them. */
const LONGEST_FOLDER = 80;

/** libpq's host. A long path moves to the temporary folder. */
export function socketFolder(dataDir: string): string {
  const path = resolve(dataDir);
  if (Buffer.byteLength(path) <= LONGEST_FOLDER) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `homepage-${process.getuid?.() ?? 0}-${name}`);
}

export function socketFile(dataDir: string): string {
  return join(socketFolder(dataDir), `.s.PGSQL.${EMBEDDED_PORT}`);
}

/**
 * Others may write in the temporary folder: a folder of ours that they made first would let them answer in our place.
 * @throws Problem SOCKET_FOLDER_UNSAFE
 */
export function prepareSocketFolder(dataDir: string): void {
  const folder = socketFolder(dataDir);
  if (folder === resolve(dataDir)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const info = lstatSync(folder);
  const ours = info.isDirectory() && info.uid === process.getuid?.() && (info.mode & 0o077) === 0;
  if (ours) return;
  throw new Problem('SOCKET_FOLDER_UNSAFE', `${folder} belongs to somebody else or is open to others.`, {
    field: 'DATA_DIR',
    fix: 'Remove it, or set DATA_DIR to a path of at most 80 bytes.',
  });
}
