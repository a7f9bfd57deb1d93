/** age (https://age-encryption.org/v1): public keys write, the private key alone reads. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import { Problem } from '@homepage/platform';

/** Turns plain bytes into what is stored, or back. */
export type Transform = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

const asItIs: Transform = (source) => source;

/**
 * @param recipients age1…; none: nothing is changed
 * @param from the variable or the option that they came in
 * @throws Problem BACKUP_RECIPIENT_INVALID
 */
export function encryption(recipients: string[], from = 'BACKUP_RECIPIENTS'): Transform {
  if (recipients.length === 0) return asItIs;
  const encrypter = new Encrypter();
  for (const [at, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new Problem('BACKUP_RECIPIENT_INVALID', `Key ${at + 1} of ${from} is no key of age.`, {
        field: from,
        fix: 'Copy the public key that age-keygen printed.',
        cause,
      });
    }
  }
  return async function* (source) {
    yield* fromWeb(await encrypter.encrypt(toWeb(source)));
  };
}

/**
 * @param recipients of the backup; none: nothing is changed and no key is read
 * @throws Problem BACKUP_IDENTITY_MISSING, BACKUP_IDENTITY_INVALID; while reading BACKUP_WRONG_KEY
 */
export function decryption(recipients: string[], identityFile: string | undefined): Transform {
  if (recipients.length === 0) return asItIs;
  const decrypter = new Decrypter();
  for (const identity of readIdentities(identityFile)) decrypter.addIdentity(identity);
  return async function* (source) {
    let plain: ReadableStream<Uint8Array>;
    try {
      plain = await decrypter.decrypt(toWeb(source));
    } catch (cause) {
      if (!/no identity matched/.test(String(cause))) throw cause;
      throw new Problem('BACKUP_WRONG_KEY', `The backup was encrypted for another key.`, {
        field: 'BACKUP_IDENTITY_FILE',
        fix: `It can be read with the private key of ${recipients.join(' or ')}.`,
        cause,
      });
    }
    yield* fromWeb(plain);
  };
}

/** What age-keygen writes: keys, a line each, between comments. */
function readIdentities(file: string | undefined): string[] {
  if (file === undefined) {
    throw new Problem('BACKUP_IDENTITY_MISSING', 'The backup is encrypted, and there is no key to read it.', {
      field: 'BACKUP_IDENTITY_FILE',
      fix: 'Set BACKUP_IDENTITY_FILE to the file that age-keygen wrote.',
    });
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('BACKUP_IDENTITY_MISSING', `${file} cannot be read (${code}).`, {
      field: 'BACKUP_IDENTITY_FILE',
      fix: 'Name the file that age-keygen wrote, readable for this user.',
      cause,
    });
  }
  const identities = text.split('\n').map((line) => line.trim());
  const keys = identities.filter((line) => /^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/.test(line));
  if (keys.length > 0) return keys;
  throw new Problem('BACKUP_IDENTITY_INVALID', `${file} holds no private key of age.`, {
    field: 'BACKUP_IDENTITY_FILE',
    fix: 'Name the file that age-keygen wrote; its key begins with AGE-SECRET-KEY-1.',
  });
}

const toWeb = (source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  Readable.toWeb(Readable.from(source, { objectMode: false })) as unknown as ReadableStream<Uint8Array>;

const fromWeb = (stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> =>
  Readable.fromWeb(stream as unknown as WebStream<Uint8Array>);
