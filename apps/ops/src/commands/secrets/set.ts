import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { Problem } from '@homepage/platform';
import { requireKey, secretNamed, setValues, valueIn } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem, wholeNumber } from '../../usage.ts';
import { inWords, required, withStore, type StoreOptions } from './store.ts';

export type SetOptions = StoreOptions & {
  environment?: string;
  file?: string;
  generate?: boolean;
  ifVersion?: string;
  dryRun?: boolean;
};

const COMMAND = 'homepage secrets set';
const MOST_VERSION = 1_000_000_000;

/** A value comes from a file or standard input, or is made; it is in no command line, and printed nowhere. */
export async function setSecret(
  shell: Shell,
  path: string,
  key: string,
  options: SetOptions,
): Promise<Outcome> {
  const { generate = false, ifVersion, dryRun = false } = options;
  const environment = required('--environment', options.environment, COMMAND);
  const secret = secretNamed(path);
  requireKey(secret, key);
  const expected =
    ifVersion === undefined ? undefined : wholeNumber('--if-version', ifVersion, MOST_VERSION, COMMAND);
  if (generate && options.file !== undefined)
    throw new UsageProblem('--generate and --file exclude each other.', 'Leave one of them out.');
  const value = generate ? undefined : await readValue(shell, options);
  const change = await withStore(shell, options, (vault) =>
    setValues(vault, environment, secret, { [key]: value }, { ifVersion: expected, dryRun }),
  );
  return { ok: true, json: { dryRun, ...change }, text: inWords(change, dryRun) };
}

/** @throws UsageProblem; Problem VAULT_VALUE_UNREADABLE, VAULT_VALUE_INVALID */
async function readValue(shell: Shell, { file = '-', keysFile }: SetOptions): Promise<string> {
  if (file !== '-') return valueIn(contentsOf(shell.path(file)), file);
  if (keysFile === '-')
    throw new UsageProblem(
      'Standard input cannot be both the keys and the value.',
      'Name a file: --file <file>, or --keys-file <file>.',
    );
  if (process.stdin.isTTY)
    throw new UsageProblem(
      'There is no value: it comes on standard input, from a file, or is made.',
      `Pipe it in, or add --file <file> or --generate. See: ${COMMAND} --help`,
    );
  return valueIn(await buffer(process.stdin), 'standard input');
}

function contentsOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('VAULT_VALUE_UNREADABLE', `${file} cannot be read (${code}).`, {
      field: '--file',
      fix: 'Name a file that holds the value alone, or - for standard input.',
      cause,
    });
  }
}
