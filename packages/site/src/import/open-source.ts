/** What an import is given: a folder, or a zip of one. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { Problem } from '@homepage/platform';
import { hasMeaning } from './place.ts';

export type Source = {
  /** real path of the folder */
  root: string;
  /** removes what was unpacked */
  close(): Promise<void>;
};

const MAX_FILES = 100_000;
const MAX_BYTES = 4_000_000_000;

/**
 * @throws Problem IMPORT_NOT_FOUND, IMPORT_NOT_A_FOLDER, IMPORT_UNREADABLE, ZIP_UNREADABLE, ZIP_TOO_LARGE
 */
export async function openSource(path: string): Promise<Source> {
  let root: string;
  try {
    root = await realpath(path);
    if ((await stat(root)).isDirectory()) return { root, close: async () => {} };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Problem('IMPORT_NOT_FOUND', `There is no folder ${path}.`, { fix: 'Check the path.', cause });
    throw new Problem('IMPORT_UNREADABLE', `${path} cannot be read (${code}).`, {
      fix: 'Give this user permission to read it.',
      cause,
    });
  }
  if (/\.zip$/i.test(root)) return unpack(root);
  throw new Problem('IMPORT_NOT_A_FOLDER', `${path} is a file; an import takes a folder or a .zip of one.`, {
    fix: 'Name the folder that the file is in.',
  });
}

async function unpack(zip: string): Promise<Source> {
  const folder = await mkdtemp(join(tmpdir(), 'homepage-zip-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await unpackInto(zip, folder);
    return { root: await realpath(await onlyFolder(folder)), close };
  } catch (cause) {
    await close();
    if (cause instanceof Problem || (cause as NodeJS.ErrnoException).code === 'ENOSPC') throw cause;
    throw new Problem(
      'ZIP_UNREADABLE',
      `The zip cannot be read: ${(cause as Error).message.replace(/\.+$/, '')}.`,
      {
        fix: 'Pack the folder again. Nothing was imported.',
        cause,
      },
    );
  }
}

/** Names that lead out of the folder, and sizes that are not what the zip says, are refused by the library. */
async function unpackInto(zip: string, folder: string): Promise<void> {
  const file = await yauzl.openPromise(zip, { lazyEntries: true, autoClose: false });
  let files = 0;
  let bytes = 0;
  try {
    for await (const entry of file.eachEntry()) {
      if (entry.fileName.endsWith('/') || isLeftOut(entry)) continue;
      files++;
      bytes += entry.uncompressedSize;
      if (files > MAX_FILES || bytes > MAX_BYTES) {
        throw new Problem('ZIP_TOO_LARGE', 'The zip holds more than 100,000 files or 4 GB.', {
          fix: 'Unpack it, and import the folder.',
        });
      }
      const target = join(folder, entry.fileName);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await file.openReadStreamPromise(entry), createWriteStream(target, { flags: 'wx' }));
      const modified = entry.getLastModDate();
      await utimes(target, modified, modified);
    }
  } finally {
    file.close();
  }
}

/** Links (they may lead anywhere), and what an import never looks at. */
function isLeftOut(entry: yauzl.Entry): boolean {
  const isLink = ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
  return isLink || entry.fileName.split('/').some((part) => part === 'node_modules' || part === '__MACOSX');
}

/** A zip of a repository holds one folder with everything in it; one with a meaning ("projects") stays. */
async function onlyFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const [first] = entries;
  const wraps = entries.length === 1 && first!.isDirectory() && !hasMeaning(first!.name);
  return wraps ? join(folder, first!.name) : folder;
}
