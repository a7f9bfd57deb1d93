/** Changes of one secret: a new value, a random one, or those of an older version. */
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { missingKeys, type Secret, type Source } from '../desired/secrets.ts';
import { randomValue } from '../kv.ts';
import { readStored, readValues, readVersions, store, type Stored, type Values } from './store.ts';
import { requireValue } from './value.ts';

export type Change = {
  environment: string;
  path: string;
  /** keys whose value is another one now; none: nothing was written */
  changed: string[];
  /** the newest afterwards */
  version: number;
};

export type SetOptions = {
  /** refuses when the newest version is another one */
  ifVersion?: number | undefined;
  dryRun?: boolean;
};

/**
 * Sets some keys of a secret and leaves the others.
 * @param values by key; undefined: a random one
 * @throws Problem VAULT_VALUE_INVALID, VAULT_VALUE_GIVEN, VAULT_SECRET_CHANGED
 */
export async function setValues(
  vault: Vault,
  environment: string,
  secret: Secret,
  values: Record<string, string | undefined>,
  { ifVersion, dryRun = false }: SetOptions = {},
): Promise<Change> {
  const { path } = secret;
  const wanted: Values = {};
  for (const [key, value] of Object.entries(values)) {
    wanted[key] = value ?? madeFor(secret, key);
    requireValue(secret, key, wanted[key]);
  }
  const stored = await readStored(vault, environment, path);
  if (ifVersion !== undefined && ifVersion !== stored.version)
    throw new Problem(
      'VAULT_SECRET_CHANGED',
      `${environment} ${path} is at version ${stored.version}, not ${ifVersion}. Nothing was written.`,
      {
        fix: 'Look at what was changed, then name the newest version.',
        command: `homepage secrets versions ${path} --environment ${environment}`,
      },
    );
  return save(vault, environment, path, stored, merged(secret, stored.values ?? {}, wanted), dryRun);
}

/** Pure. What a key was goes where the table says it is kept. */
export function merged({ keeps = {} }: Secret, old: Values, wanted: Values): Values {
  const kept = Object.entries(keeps).flatMap(([key, to]) =>
    old[key] === undefined || wanted[key] === undefined || wanted[key] === old[key] ? [] : [[to, old[key]]],
  );
  return { ...old, ...(Object.fromEntries(kept) as Values), ...wanted };
}

/**
 * Writes the values of an older version as a new one.
 * @throws Problem VAULT_VERSION_UNKNOWN, VAULT_VERSION_INCOMPLETE, VAULT_SECRET_CHANGED
 */
export async function rollBack(
  vault: Vault,
  environment: string,
  secret: Secret,
  version: number,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Change> {
  const { path } = secret;
  const stored = await readStored(vault, environment, path);
  const values = await readValues(vault, environment, path, version);
  const lacks = values ? missingKeys(secret, Object.keys(values)) : [];
  if (lacks.length > 0)
    throw new Problem(
      'VAULT_VERSION_INCOMPLETE',
      `Version ${version} of ${environment} ${path} lacks ${lacks.join(' and ')}: services would wait for it. Nothing was written.`,
      {
        field: '--to-version',
        fix: 'Name a version that has all of them, or set the ones that are meant.',
        command: `homepage secrets versions ${path} --environment ${environment}`,
      },
    );
  if (values) return save(vault, environment, path, stored, values, dryRun);
  const versions = await readVersions(vault, environment, path);
  const there = versions.filter(({ state }) => state === 'current' || state === 'kept');
  const state = versions.find((one) => one.version === version)?.state ?? 'not there';
  throw new Problem('VAULT_VERSION_UNKNOWN', `Version ${version} of ${environment} ${path} is ${state}.`, {
    field: '--to-version',
    fix:
      there.length === 0
        ? 'Nothing is left of it: set it.'
        : `Name one of ${there.map((one) => one.version).join(', ')}.`,
  });
}

async function save(
  vault: Vault,
  environment: string,
  path: string,
  stored: Stored,
  values: Values,
  dryRun: boolean,
): Promise<Change> {
  const changed = differing(stored.values ?? {}, values);
  const { version } = stored;
  if (changed.length === 0 || dryRun) return { environment, path, changed, version };
  return { environment, path, changed, version: await store(vault, environment, path, values, stored) };
}

/** Keys that one of them lacks, or has otherwise. */
export const differing = (one: Values, other: Values): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((key) => one[key] !== other[key])
    .toSorted();

function madeFor({ path, keys }: Secret, key: string): string {
  const source: Source = keys[key]!;
  if (source !== 'given' && source !== 'optional') return randomValue(source);
  throw new Problem(
    'VAULT_VALUE_GIVEN',
    `${path} ${key} comes from somewhere else: a random one would not work.`,
    {
      field: '--generate',
      fix: 'Give the value in a file or on standard input.',
      command: 'homepage secrets list',
    },
  );
}
