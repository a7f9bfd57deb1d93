/** What the commands of `homepage vault` work on: a server, and who asks it. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { loadDotEnv, Problem } from '@homepage/platform';
import {
  environmentNames,
  keysIn,
  onKubernetes,
  Vault,
  readSignIn,
  tokenIn,
  withRoot,
  withSignIn,
  type ServerKind,
  type Wanted,
} from '@homepage/vault';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';

export type ServerOptions = { address?: string; ca?: string };
export type WhoOptions = {
  keysFile?: string;
  /** what was in it, where it was read already */
  keys?: string[];
  /** a folder with the role-id and the secret-id of a job */
  approle?: string;
};
export type WantedOptions = {
  environment?: string[];
  network?: string[];
  auditLog: string;
  sealTokenFile?: string;
  rootRecipient?: string[];
  rootKeysFolder?: string;
};

/** @throws Problem VAULT_ADDRESS_MISSING, VAULT_ADDRESS_INVALID, VAULT_CA_UNREADABLE, VAULT_TOKEN_INVALID */
export function openVault(shell: Shell, options: ServerOptions): Vault {
  loadDotEnv(shell.repository);
  const { VAULT_ADDR, VAULT_CACERT, VAULT_TOKEN } = shell.env;
  const address = options.address ?? VAULT_ADDR;
  if (!address)
    throw new Problem('VAULT_ADDRESS_MISSING', 'No Vault is named.', {
      field: 'VAULT_ADDR',
      fix: 'Set VAULT_ADDR, or name it: --address https://vault.vault.svc:8200',
    });
  const file = options.ca ?? VAULT_CACERT;
  return new Vault({
    address: address.replace(/\/$/, ''),
    ca: file ? authorityIn(shell.path(file)) : undefined,
    token: tokenIn(VAULT_TOKEN ?? '', 'VAULT_TOKEN') || undefined,
  });
}

function authorityIn(file: string): string {
  let pem = '';
  let why = 'holds no certificate in PEM';
  let cause: unknown;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    cause = error;
    why = `cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new Problem('VAULT_CA_UNREADABLE', `${file} ${why}.`, {
    field: 'VAULT_CACERT',
    fix: 'Name the file with the authority that the certificate of Vault comes from.',
    cause,
  });
}

/** @returns the file that --seal-token-file or VAULT_SEAL_TOKEN_FILE names */
export function sealTokenFileOf(
  shell: Shell,
  options: { sealTokenFile?: string | undefined },
): string | undefined {
  const file = options.sealTokenFile ?? shell.env['VAULT_SEAL_TOKEN_FILE'];
  return file ? shell.path(file) : undefined;
}

/** What a variable lists, with commas between; undefined where it is unset or empty. */
export function listIn(shell: Shell, variable: string): string[] | undefined {
  loadDotEnv(shell.repository);
  const parts = (shell.env[variable] ?? '').split(',').map((part) => part.trim());
  return parts.some((part) => part !== '') ? parts : undefined;
}

/**
 * As who holds VAULT_TOKEN; with --keys-file as root and with --approle as a job, for this once.
 * @throws Problem VAULT_SIGN_IN_MISSING, VAULT_SIGN_IN_REFUSED; UsageProblem
 */
export async function asOperator<Result>(
  shell: Shell,
  vault: Vault,
  { keysFile, keys, approle }: WhoOptions,
  work: (vault: Vault) => Promise<Result>,
): Promise<Result> {
  if (approle !== undefined && keysFile !== undefined)
    throw new UsageProblem('--approle and --keys-file are two who sign in.', 'Name one of them.');
  if (approle !== undefined) return withSignIn(vault, readSignIn(shell.path(approle)), work);
  if (keys !== undefined) return withRoot(vault, keys, work);
  if (keysFile !== undefined) return withRoot(vault, await readKeys(shell, keysFile), work);
  if (vault.token !== undefined) return work(vault);
  throw new Problem('VAULT_SIGN_IN_MISSING', 'Nobody is signed in to Vault.', {
    field: 'VAULT_TOKEN',
    fix: 'Give a quorum of keys, one a line, with --keys-file <file>, or - for standard input; or set VAULT_TOKEN.',
  });
}

/**
 * @param file "-": standard input, so that keys need not be in any file
 * @throws Problem VAULT_KEYS_UNREADABLE, VAULT_KEYS_EMPTY
 */
export const readKeys = async (shell: Shell, file: string): Promise<string[]> =>
  keysIn(await readInput(shell, '--keys-file', file));

/** @throws Problem VAULT_KEYS_UNREADABLE */
export async function readInput(shell: Shell, option: string, file: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  try {
    return readFileSync(shell.path(file), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('VAULT_KEYS_UNREADABLE', `${file} cannot be read (${code}).`, {
      field: option,
      fix: 'Name a file that this user may read, or - for standard input.',
      cause,
    });
  }
}

/** @throws UsageProblem */
export function wantedOf(shell: Shell, kind: ServerKind, options: WantedOptions): Wanted {
  const { network, auditLog, rootKeysFolder = '.' } = options;
  // Reads .env, which may name the file as well.
  const recipients = options.rootRecipient ?? listIn(shell, 'VAULT_ROOT_RECIPIENTS');
  const sealTokenFile = sealTokenFileOf(shell, options);
  const names = options.environment ?? [...environmentNames];
  const strange = names.find((name) => !(environmentNames as readonly string[]).includes(name));
  if (strange !== undefined)
    throw new UsageProblem(
      `There is no environment '${strange}'.`,
      `Name ${environmentNames.join(' or ')}, or both.`,
    );
  const unfit = network?.find((one) => !isNetwork(one));
  if (unfit !== undefined)
    throw new UsageProblem(`--network '${unfit}' is no network.`, 'Write it like 10.42.0.0/16.');
  return {
    kind,
    folder: join(shell.repository, 'deploy/vault'),
    auditLog,
    environments: names.map((name) => onKubernetes(name, network)),
    sealTokenFile,
    rootKeys: recipients && { recipients, folder: shell.path(rootKeysFolder) },
  };
}

/** An address, and how many of its bits count. */
function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}
