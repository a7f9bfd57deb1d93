/** Two environments beside each other: names must be the same, and values must not. */
import type { Vault } from '../client/client.ts';
import { secrets } from '../desired/secrets.ts';
import { readStored, type Values } from './store.ts';

export type Compared = {
  path: string;
  key: string;
  /** same: who reads the one environment's can get into the other */
  difference: 'only in the first' | 'only in the second' | 'same value' | 'other value';
};

/** Values are compared and never told. */
export async function compareEnvironments(vault: Vault, one: string, other: string): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const { path } of secrets) {
    const [first, second] = [await readStored(vault, one, path), await readStored(vault, other, path)];
    compared.push(...compareValues(path, first.values ?? {}, second.values ?? {}));
  }
  return compared;
}

/** Pure. */
export function compareValues(path: string, first: Values, second: Values): Compared[] {
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])].toSorted();
  return keys.map((key): Compared => {
    if (second[key] === undefined) return { path, key, difference: 'only in the first' };
    if (first[key] === undefined) return { path, key, difference: 'only in the second' };
    return { path, key, difference: first[key] === second[key] ? 'same value' : 'other value' };
  });
}
