/** One secret in Vault's KV store, version 2: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 */
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { KV } from '../desired/environment.ts';

export type Values = Record<string, string>;

export type Stored = {
  /** the newest; 0: there never was one */
  version: number;
  /** undefined: there is none, or the newest was deleted */
  values: Values | undefined;
};

export type Version = {
  version: number;
  at: Date;
  /** kept: it can be gone back to */
  state: 'current' | 'kept' | 'deleted' | 'destroyed';
};

const placeOf = (part: string, environment: string, path: string): string =>
  `${KV}/${part}/${environment}/${path}`;

export async function readStored(vault: Vault, environment: string, path: string): Promise<Stored> {
  const version = (await readVersions(vault, environment, path)).at(-1)?.version ?? 0;
  if (version === 0) return { version, values: undefined };
  return { version, values: await readValues(vault, environment, path, version) };
}

/** @returns undefined when this version is deleted, destroyed or was never there */
export async function readValues(
  vault: Vault,
  environment: string,
  path: string,
  version: number,
): Promise<Values | undefined> {
  const answer = await vault.read(`${placeOf('data', environment, path)}?version=${version}`);
  return (answer?.data?.['data'] as Values | null | undefined) ?? undefined;
}

/** The oldest first. No value is read. */
export async function readVersions(vault: Vault, environment: string, path: string): Promise<Version[]> {
  const answer = await vault.read(placeOf('metadata', environment, path));
  const { versions = {}, current_version: current = 0 } = (answer?.data ?? {}) as {
    versions?: Record<string, { created_time: string; deletion_time: string; destroyed: boolean }> | null;
    current_version?: number;
  };
  return Object.entries(versions ?? {})
    .map(([number, { created_time: at, deletion_time: deleted, destroyed }]): Version => {
      const version = Number(number);
      const gone = destroyed ? 'destroyed' : deleted === '' ? undefined : 'deleted';
      return { version, at: new Date(at), state: gone ?? (version === current ? 'current' : 'kept') };
    })
    .toSorted((one, other) => one.version - other.version);
}

/**
 * Every secret, whoever put it there; deeper ones, too.
 * @param folder such as dev/; what does not end with "/" is a secret itself
 * @returns whole paths, such as dev/api/github
 */
export async function pathsBelow(vault: Vault, folder: string): Promise<string[]> {
  if (!folder.endsWith('/')) return [folder];
  const paths: string[] = [];
  for (const name of await vault.list(`${KV}/metadata/${folder}`))
    paths.push(...(await pathsBelow(vault, folder + name)));
  return paths;
}

/**
 * Writes all values of a secret as a new version, if the newest is still the one that was read.
 * @returns the new version
 * @throws Problem VAULT_SECRET_CHANGED: somebody else was quicker
 */
export async function store(
  vault: Vault,
  environment: string,
  path: string,
  values: Values,
  { version }: Stored,
): Promise<number> {
  try {
    // Not asked again when nobody knows whether it was done: the second time it would be refused.
    const answer = await vault.make(placeOf('data', environment, path), {
      data: values,
      options: { cas: version },
    });
    return answer.data!['version'] as number;
  } catch (cause) {
    const refused = cause instanceof Problem && cause.code === 'VAULT_REFUSED';
    if (!refused || !cause.message.includes('check-and-set')) throw cause;
    throw new Problem(
      'VAULT_SECRET_CHANGED',
      `Somebody else has changed ${environment} ${path} since version ${version}. Nothing was written.`,
      {
        fix: 'Look at what they did, then run it again.',
        command: `homepage secrets versions ${path} --environment ${environment}`,
        cause,
      },
    );
  }
}

/**
 * The bootstrap has no secrets, and neither has a primary that was never brought up: nothing would look as if it were there.
 * @throws Problem VAULT_KV_MISSING
 */
export async function requireStore(vault: Vault): Promise<void> {
  try {
    if (await vault.read(`sys/internal/ui/mounts/${KV}`)) return;
  } catch (error) {
    // It says the same of a mount that is not there and of one that is not for this token.
    if (!(error instanceof Problem) || error.code !== 'VAULT_DENIED') throw error;
  }
  throw new Problem(
    'VAULT_KV_MISSING',
    `Vault at ${vault.address} has no store ${KV}/ for this token: secrets are in the primary alone.`,
    {
      field: 'VAULT_ADDR',
      fix: 'Name the address of the primary, bring it up if it never was, or sign in as somebody who may read it.',
      command: 'homepage vault up primary --dry-run',
    },
  );
}
