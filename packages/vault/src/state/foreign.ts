/** What others have set up beside ours. */
import type { Vault } from '../client/client.ts';
import { APPROLE } from '../desired/environment.ts';

/** Vault's own, and ours. */
const KNOWN = ['token/', `${APPROLE}/`];

/** @returns paths of ways to sign in, e.g. "userpass/" */
export async function foreignSignIns(vault: Vault): Promise<string[]> {
  const answer = await vault.read('sys/auth');
  return Object.keys(answer?.data ?? {}).filter((path) => !KNOWN.includes(path));
}

export const foreignInWords = (paths: string[]): string[] =>
  paths.map((path) => `sign-in ${path} is not ours: who can sign in there is not ours to know`);
