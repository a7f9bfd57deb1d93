/** Files that hold secrets, and whether there will be room for them: what is written may be told once. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '@homepage/platform';

/** Whole or not at all, and only for this user. @throws Problem VAULT_FILE_UNWRITABLE */
export function writeSecret(file: string, text: string): void {
  const whole = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(whole, 'w', 0o600);
    try {
      try {
        writeAll(handle, Buffer.from(text));
      } finally {
        closeSync(handle);
      }
      renameSync(whole, file);
    } catch (error) {
      // A secret, or a part of one, that nobody would look for.
      rmSync(whole, { force: true });
      throw error;
    }
  } catch (cause) {
    throw unwritable(file, file, cause);
  }
}

/** A disk that becomes full takes a part. */
export function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
  fsyncSync(handle);
}

/** @param option that named it. @throws Problem VAULT_FILE_UNWRITABLE */
export function requireWritable(folder: string, option = '--keys-folder'): void {
  try {
    makeFolder(folder);
    probe(folder);
  } catch (cause) {
    throw unwritable(folder, option, cause);
  }
}

/** Its folder is there. @param option that named it. @throws Problem VAULT_FILE_UNWRITABLE */
export function requireWritableFile(file: string, option: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    probe(dirname(file));
  } catch (cause) {
    throw unwritable(file, option, cause);
  }
}

function probe(folder: string): void {
  const file = join(folder, `.${process.pid}.tmp`);
  writeFileSync(file, '');
  rmSync(file);
}

/** Not Node's own way: it never ends where nothing can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

export function unwritable(path: string, field: string, cause: unknown): Problem {
  const { code } = cause as NodeJS.ErrnoException;
  return new Problem('VAULT_FILE_UNWRITABLE', `${path} cannot be written to (${code}).`, {
    field,
    fix: 'Name a place that this user may write to, with room.',
    cause,
  });
}
