/** Keys on their way between Vault and people: read from lines, written for the private keys of age. */
import { existsSync, mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { Problem } from '@homepage/platform';
import { writeSecret } from './seal-token.ts';

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
  }

  async write(keys: string[]): Promise<void> {
    for (const [at, key] of keys.entries()) {
      const encrypter = this.#encrypters[at % this.#encrypters.length]!;
      writeSecret(this.files[at]!, armor.encode(await encrypter.encrypt(`${key}\n`)));
    }
  }
}

/** @param option that named it. @throws Problem VAULT_FILE_UNWRITABLE */
export function requireWritable(folder: string, option = '--keys-folder'): void {
  const probe = join(folder, `.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('VAULT_FILE_UNWRITABLE', `${folder} cannot be written to (${code}).`, {
      field: option,
      fix: 'Name a folder that this user may write to.',
      cause,
    });
  }
}
