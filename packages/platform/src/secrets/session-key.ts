/**
 * What links to drafts are signed with (later: sessions, too). The current key, and the one before: what was signed with
 * it is believed until the next change. Rotation: docs/decisions/0023.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFull, isDiskFull } from '../disk.ts';
import { invalid } from './certificate.ts';
import { readSecretFile } from './secret-files.ts';

export type SessionKeys = { current: Buffer; previous: Buffer | undefined };

export const SESSION_KEY_FILE = 'session-key';
/** bytes; as long as what SHA-256 gives (RFC 2104, 3) */
const SHORTEST_KEY = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const FIX = 'It holds one or two keys in base64, one a line, the current one first: openssl rand -base64 32';

/**
 * One line: the current key. Two: the current one, and the one before.
 * @returns undefined when there is no such file
 * @throws Problem SECRET_UNREADABLE, SECRET_INVALID naming the file, never what is in it
 */
export function readSessionKeys(file: string): SessionKeys | undefined {
  if (!existsSync(file)) return undefined;
  const keys = parseSessionKeys(readSecretFile(file).trimEnd().split(/\r?\n/));
  if (typeof keys === 'string') throw invalid(file, keys, FIX);
  return keys;
}

/** @returns the keys, or what is wrong with them as the end of a sentence */
export function parseSessionKeys(texts: string[]): SessionKeys | string {
  if (texts.length > 2) return `holds ${texts.length} keys, and at most two count`;
  if (!texts.every((text) => BASE64.test(text))) return 'holds what is not base64';
  const [current, previous] = texts.map((text) => Buffer.from(text, 'base64'));
  if ([current, previous].some((key) => key && key.length < SHORTEST_KEY))
    return `holds a key of less than ${SHORTEST_KEY} bytes`;
  if (previous && current!.equals(previous)) return 'holds the same key twice';
  return { current: current!, previous };
}

/**
 * The key of a site without secrets from elsewhere: made once, in its data folder. Of several processes that make it at
 * once all go on with the same.
 * @throws Problem DISK_FULL, and those of readSessionKeys
 */
export function ownSessionKeys(dataDir: string): SessionKeys {
  const file = join(dataDir, SESSION_KEY_FILE);
  if (!existsSync(file)) makeSessionKey(file);
  return readSessionKeys(file)!;
}

function makeSessionKey(file: string): void {
  const whole = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(whole, `${randomBytes(SHORTEST_KEY).toString('base64')}\n`, { mode: 0o600, flush: true });
    // Not renamed: that would replace what another process made meanwhile, and works with.
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw isDiskFull(error) ? diskFull(error) : error;
  } finally {
    rmSync(whole, { force: true });
  }
}
