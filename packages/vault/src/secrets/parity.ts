/** Whether each environment has every secret that its services read: asked before a rollout, since agents wait for what is missing. */
import type { Vault } from '../client/client.ts';
import { missingKeys, secrets } from '../desired/secrets.ts';
import { lookAtSecrets, type KeysThere } from '../kv.ts';
import { pathsBelow } from './store.ts';

export type Lack = { environment: string; path: string; keys: string[]; readers: string[] };
export type Parity = {
  environments: string[];
  /** keys that a service needs */
  missing: Lack[];
  /** what nobody reads: keys and whole secrets that the table does not name */
  unknown: { environment: string; path: string; keys: string[] }[];
};

/** Names of keys alone are read. */
export async function parityOf(vault: Vault, environments: string[]): Promise<Parity> {
  const parity: Parity = { environments, missing: [], unknown: [] };
  for (const environment of environments) {
    const there = await lookAtSecrets(vault, environment);
    parity.missing.push(...missingIn(environment, there));
    parity.unknown.push(...unknownKeysIn(environment, there));
    const strange = (await pathsBelow(vault, `${environment}/`))
      .map((path) => path.slice(environment.length + 1))
      .filter((path) => !there.has(path));
    parity.unknown.push(...strange.map((path) => ({ environment, path, keys: [] })));
  }
  return parity;
}

/** Pure. */
export const missingIn = (environment: string, there: KeysThere): Lack[] =>
  secrets.flatMap((secret) => {
    const { path, readers } = secret;
    const keys = missingKeys(secret, there.get(path) ?? []);
    return keys.length === 0 ? [] : [{ environment, path, keys, readers }];
  });

/** Pure. */
export const unknownKeysIn = (environment: string, there: KeysThere): Parity['unknown'] =>
  secrets.flatMap(({ path, keys: known }) => {
    const keys = (there.get(path) ?? []).filter((key) => !Object.hasOwn(known, key));
    return keys.length === 0 ? [] : [{ environment, path, keys }];
  });
