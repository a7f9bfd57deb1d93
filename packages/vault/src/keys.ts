/** Keys on their way between Vault and people: read from lines, written for the private keys of age. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { Problem } from '@homepage/platform';
import { requireWritable, unwritable, writeAll, writeSecret } from './secret-file.ts';

/** @throws Problem VAULT_KEYS_EMPTY */
export function keysIn(text: string): string[] {
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length > 0) return keys;
  throw new Problem('VAULT_KEYS_EMPTY', 'No key was given.', {
    fix: 'Give as many as the threshold asks for, one a line, in a file or on standard input.',
  });
}

/** Any of the recipients reads it. @throws Problem VAULT_RECIPIENT_INVALID, VAULT_FILE_UNWRITABLE */
export async function writeFor(recipients: string[], file: string, text: string): Promise<void> {
  writeSecret(file, armor.encode(await encrypterFor(recipients).encrypt(`${text.trim()}\n`)));
}

/** @throws Problem VAULT_RECIPIENT_INVALID */
export function encrypterFor(recipients: string[]): Encrypter {
  const encrypter = new Encrypter();
  for (const [at, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new Problem('VAULT_RECIPIENT_INVALID', `Recipient ${at + 1} is no public key of age.`, {
        field: '--recipient',
        fix: 'Copy the public key (age1…) that age-keygen printed.',
        cause,
      });
    }
  }
  return encrypter;
}

/** In bytes: a key of Vault for one recipient is less, also for a recipient of the larger, post-quantum kind. */
const ROOM = 4096;

export type KeyFile = { file: string; /** encrypted, in the armour of age */ text: string };

/** Where each share will be. Everything that can be wrong is found before Vault is asked: it tells its keys once. */
export class KeyFiles {
  readonly #encrypters: Encrypter[];
  readonly files: string[];

  /**
   * @param recipients age1…; shares are dealt to them in turn
   * @throws Problem VAULT_RECIPIENT_INVALID, VAULT_KEYS_THERE, VAULT_FILE_UNWRITABLE
   */
  constructor(folder: string, name: string, recipients: string[], shares: number) {
    this.#encrypters = recipients.map((recipient) => encrypterFor([recipient]));
    this.files = Array.from({ length: shares }, (_, at) => join(folder, `${name}-key-${at + 1}.age`));
    const there = this.files.find((file) => existsSync(file));
    if (there !== undefined)
      throw new Problem('VAULT_KEYS_THERE', `${there} is there already.`, {
        field: '--keys-folder',
        fix: 'It may be the only key of another Vault: name an empty folder.',
      });
    requireWritable(folder);
    try {
      for (const file of this.files) reserve(roomFor(file));
    } catch (cause) {
      this.release();
      throw unwritable(folder, '--keys-folder', cause);
    }
  }

  /** Takes the room back that was not used. */
  release(): void {
    for (const file of this.files) rmSync(roomFor(file), { force: true });
  }

  /** @returns those that could not be written in spite of all: nobody has them but the caller */
  async write(keys: string[]): Promise<KeyFile[]> {
    const all = await Promise.all(
      keys.map(async (key, at): Promise<KeyFile> => {
        const encrypter = this.#encrypters[at % this.#encrypters.length]!;
        return { file: this.files[at]!, text: armor.encode(await encrypter.encrypt(`${key}\n`)) };
      }),
    );
    return all.filter(({ file, text }) => {
      try {
        overwrite(roomFor(file), text);
        renameSync(roomFor(file), file);
        return false;
      } catch {
        return true;
      }
    });
  }
}

const roomFor = (file: string): string => `${file}.reserved`;

/** A file of the size that is needed: a disk that is full says so now. */
function reserve(file: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    // Zeros might be stored as a hole, which takes no room.
    writeAll(handle, randomBytes(ROOM));
  } finally {
    closeSync(handle);
  }
}

function overwrite(file: string, text: string): void {
  const handle = openSync(file, 'r+');
  try {
    writeAll(handle, Buffer.from(text));
    ftruncateSync(handle, Buffer.byteLength(text));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
