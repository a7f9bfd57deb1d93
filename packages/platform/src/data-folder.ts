/** The data folder, before anything is put there. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { diskFull, isDiskFull } from './disk.ts';
import { Problem } from './problem.ts';

/**
 * Makes the folder when it is not there.
 * @throws Problem DATA_FOLDER_READ_ONLY, DISK_FULL
 */
export function requireWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (isDiskFull(cause)) throw diskFull(cause);
    throw folderReadOnly(dataDir, cause);
  }
}

export function folderReadOnly(dataDir: string, cause: unknown): Problem {
  const { code } = cause as NodeJS.ErrnoException;
  const notAFolder = code === 'EEXIST' || code === 'ENOTDIR';
  return new Problem(
    'DATA_FOLDER_READ_ONLY',
    notAFolder
      ? `The data folder ${dataDir} is not a folder.`
      : `The data folder ${dataDir} cannot be written (${code}).`,
    {
      field: 'DATA_DIR',
      fix: notAFolder
        ? 'Move that file away, or set DATA_DIR to another folder.'
        : 'Give this user write permission on it, or set DATA_DIR to another folder.',
      command: `ls -ld ${dataDir}`,
      cause,
    },
  );
}
