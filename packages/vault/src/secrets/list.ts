/** What is there of each secret, without reading a value. */
import type { Vault } from '../client/client.ts';
import { secrets, type Source } from '../desired/secrets.ts';
import { readNames } from '../kv.ts';
import { ownerOf } from './find.ts';

export type ListedSecret = {
  environment: string;
  path: string;
  owner: string;
  readers: string[];
  use: string;
  rotation: string;
  keys: { key: string; source: Source; there: boolean }[];
  /** the newest; 0: there is none, or it was deleted */
  version: number;
  changedAt: Date | null;
};

export async function listSecrets(vault: Vault, environment: string): Promise<ListedSecret[]> {
  const listed: ListedSecret[] = [];
  for (const secret of secrets) {
    const { path, readers, use, rotation, keys } = secret;
    // The policy of an operator may see no more than this.
    const newest = await readNames(vault, environment, path);
    listed.push({
      environment,
      path,
      owner: ownerOf(secret),
      readers,
      use,
      rotation,
      keys: Object.entries(keys).map(([key, source]) => ({
        key,
        source,
        there: newest?.keys.includes(key) ?? false,
      })),
      version: newest?.version ?? 0,
      changedAt: newest?.at ?? null,
    });
  }
  return listed;
}
