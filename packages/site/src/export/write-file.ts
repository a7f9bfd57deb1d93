import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem } from '@homepage/platform';

/**
 * Writes a file whole or not at all.
 * @returns its bytes
 * @throws Problem EXPORT_FAILED, DISK_FULL
 */
export async function writeWhole(file: string, content: string | Readable): Promise<number> {
  // A name of its own: the file's may be as long as a name can be.
  const part = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const output = createWriteStream(part);
    await pipeline(typeof content === 'string' ? Readable.from([Buffer.from(content)]) : content, output);
    await rename(part, file);
    return output.bytesWritten;
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {});
    throw writeProblem(file, cause);
  }
}

/**
 * @param force a folder that holds something is fine
 * @throws Problem EXPORT_NOT_EMPTY, EXPORT_NOT_A_FOLDER, EXPORT_FAILED
 */
export async function checkTarget(folder: string, force: boolean): Promise<void> {
  const info = await stat(folder).catch(() => undefined);
  if (!info) return;
  if (!info.isDirectory()) {
    throw new Problem('EXPORT_NOT_A_FOLDER', `${folder} is a file; an export makes a folder.`, {
      fix: 'Name a folder that does not exist yet.',
    });
  }
  const inside = await readdir(folder).catch((cause: unknown) => {
    throw writeProblem(folder, cause);
  });
  if (inside.length > 0 && !force) {
    throw new Problem('EXPORT_NOT_EMPTY', `${folder} is not empty.`, {
      fix: 'Name an empty or new folder, or use --force: files of the same name are replaced, others stay.',
    });
  }
}

function writeProblem(file: string, cause: unknown): Problem {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Problem('DISK_FULL', `The disk that holds ${file} is full.`, {
      fix: 'Free some space or name another folder, then export again with --force.',
      cause,
    });
  }
  return new Problem('EXPORT_FAILED', `${file} cannot be written (${code ?? message}).`, {
    fix: 'Check the permissions, or name another folder.',
    cause,
  });
}
