/** Which secrets are there, without reading one; those that nobody has to give are made. */
import { randomBytes } from 'node:crypto';
import type { Vault } from './client/client.ts';
import { KV } from './desired/environment.ts';
import { missingKeys, secrets, type Secret, type Source } from './desired/secrets.ts';
import { readVersions, store, type Stored } from './secrets/store.ts';
import type { Work } from './work.ts';

/** Of the newest version of a secret, without a value. */
type Names = { keys: string[]; version: number; at: Date };

/** @returns undefined when there is none, or the newest was deleted */
export async function readNames(vault: Vault, environment: string, path: string): Promise<Names | undefined> {
  const answer = await vault.read(`${KV}/subkeys/${environment}/${path}`);
  const { subkeys, metadata } = (answer?.data ?? {}) as {
    subkeys?: Record<string, unknown> | null;
    metadata?: { version: number; created_time: string };
  };
  if (!subkeys || !metadata) return undefined;
  return { keys: Object.keys(subkeys), version: metadata.version, at: new Date(metadata.created_time) };
}

/** names of the keys that each secret has, by its path; undefined: it is not there */
export type KeysThere = Map<string, string[] | undefined>;

/** A secret that waits for a person. */
export type Missing = { environment: string; path: string; keys: string[] };

export async function lookAtSecrets(vault: Vault, environment: string): Promise<KeysThere> {
  const there: KeysThere = new Map();
  for (const { path } of secrets) there.set(path, (await readNames(vault, environment, path))?.keys);
  return there;
}

/** Pure. */
export function planSecrets(environment: string, there: KeysThere): { work: Work[]; missing: Missing[] } {
  const work: Work[] = [];
  const missing: Missing[] = [];
  for (const secret of secrets) {
    const { path, keys } = secret;
    const absent = missingKeys(secret, there.get(path) ?? []);
    const given = absent.filter((key) => keys[key] === 'given');
    const made = absent.filter((key) => keys[key] !== 'given');
    if (given.length > 0) missing.push({ environment, path, keys: given });
    if (made.length === 0) continue;
    work.push({
      name: `secret ${KV}/${environment}/${path}`,
      action: there.get(path) ? 'change' : 'create',
      differences: made.map((field) => ({ field, is: undefined, wanted: 'a random value' })),
      run: (vault) => makeValues(vault, environment, secret, made, there.get(path) !== undefined),
    });
  }
  return { work, missing };
}

async function makeValues(
  vault: Vault,
  environment: string,
  { path, keys }: Secret,
  made: string[],
  isThere: boolean,
): Promise<void> {
  const data = Object.fromEntries(made.map((key) => [key, randomValue(keys[key]!)]));
  if (isThere) await vault.patch(`${KV}/data/${environment}/${path}`, { data });
  else await store(vault, environment, path, data, await absent(vault, environment, path));
}

/** Of one that was deleted a version is left, after which the next one comes. Where somebody was quicker, writing is refused. */
async function absent(vault: Vault, environment: string, path: string): Promise<Stored> {
  const newest = (await readVersions(vault, environment, path)).at(-1);
  const gone = newest !== undefined && newest.state !== 'current';
  return { version: gone ? newest.version : 0, values: undefined };
}

/** Letters, digits, "-" and "_": no program that reads them minds these. */
export function randomValue(source: Source): string {
  if (source === 'key') return randomBytes(32).toString('base64');
  // What MinIO takes: 20 characters as a name, 40 as a password.
  return randomBytes(source === 'name' ? 15 : 30).toString('base64url');
}
