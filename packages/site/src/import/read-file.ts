import { readFile, stat } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { BadFile } from './bad-file.ts';

export const MAX_TEXT_BYTES = 5_000_000;

export type SourceFile = {
  /** decoded, without byte order mark, lines ending in \n; empty for a file with nothing in it */
  text: string;
  modified: Date;
};

/**
 * Reads a text file.
 * @throws BadFile FILE_UNREADABLE, FILE_TOO_LARGE, FILE_NOT_TEXT, FILE_NOT_UTF8
 */
export async function readSource(file: string): Promise<SourceFile> {
  try {
    const info = await stat(file);
    if (!info.isFile()) {
      throw new BadFile('FILE_UNREADABLE', 'It is not a regular file.', { fix: 'Remove or rename it.' });
    }
    if (info.size > MAX_TEXT_BYTES) {
      throw new BadFile('FILE_TOO_LARGE', `It has ${megabytes(info.size)} MB; a text may have 5 MB.`, {
        fix: 'Divide it.',
      });
    }
    return { text: await decode(await readFile(file)), modified: info.mtime };
  } catch (cause) {
    if (cause instanceof BadFile) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new BadFile('FILE_UNREADABLE', `It cannot be read (${code}).`, {
      fix: 'Give this user permission to read it.',
      cause,
    });
  }
}

/**
 * Bytes as text: the same text for Windows and Unix line ends, so that a check-out elsewhere is no change.
 * @throws BadFile FILE_NOT_TEXT, FILE_NOT_UTF8
 */
export async function decode(bytes: Uint8Array): Promise<string> {
  const nul = bytes.indexOf(0);
  if (isUtf16(bytes, nul)) {
    throw new BadFile('FILE_NOT_UTF8', 'It is UTF-16 text.', { fix: 'Save it as UTF-8.' });
  }
  const text = utf8(bytes);
  if (text !== undefined && nul < 0) return text.replaceAll(/\r\n?/g, '\n');
  // Asked only now: by its first bytes alone, a text that begins with "BMW" is a picture.
  const type = await fileTypeFromBuffer(bytes);
  if (type) {
    throw new BadFile('FILE_NOT_TEXT', `It is not text but ${type.ext.toUpperCase()} (${type.mime}).`, {
      fix: 'Give it its own name, or remove it.',
    });
  }
  if (text === undefined) {
    throw new BadFile('FILE_NOT_UTF8', 'It is not UTF-8 text.', {
      fix: 'Save it as UTF-8.',
      line: firstBadLine(bytes),
    });
  }
  throw new BadFile('FILE_NOT_TEXT', 'It holds a NUL byte, so it is not text.', {
    fix: 'Remove the byte, or the file.',
    line: lineAt(bytes, nul),
  });
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isUtf16(bytes: Uint8Array, nul: number): boolean {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  return mark === 'fffe' || mark === 'feff' || looksLikeUtf16(bytes, nul);
}

/** UTF-16 without a mark: nearly every second byte of western text is zero. */
function looksLikeUtf16(bytes: Uint8Array, nul: number): boolean {
  if (nul < 0 || nul > 1) return false;
  const start = bytes.subarray(0, 200);
  return start.filter((byte) => byte === 0).length > start.length * 0.3;
}

function firstBadLine(bytes: Uint8Array): number {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    const part = Buffer.from(bytes.subarray(start, end < 0 ? undefined : end + 1));
    if (part.toString('utf8').includes('\ufffd') || end < 0) return line;
    start = end + 1;
  }
}

const lineAt = (bytes: Uint8Array, index: number): number =>
  bytes.subarray(0, index).filter((byte) => byte === 0x0a).length + 1;

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
