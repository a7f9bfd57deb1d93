/** A file that holds a secret. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { Problem } from '@homepage/platform';

/** Whole or not at all, and only for this user. @throws Problem VAULT_FILE_UNWRITABLE */
export function writeSecret(file: string, text: string): void {
  const whole = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(whole, 'w', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(whole, file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('VAULT_FILE_UNWRITABLE', `${file} cannot be written (${code}).`, {
      field: file,
      fix: 'Name a file in a folder that this user may write to.',
      cause,
    });
  }
}
