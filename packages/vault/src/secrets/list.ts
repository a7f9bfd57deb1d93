/** What is there of each secret, without reading a value. */
import type { Vault } from '../client/client.ts';
import { secrets, type Source } from '../desired/secrets.ts';
import { lookAtSecrets } from '../kv.ts';
import { ownerOf } from './find.ts';
import { readVersions } from './store.ts';

export type ListedSecret = {
  environment: string;
  path: string;
  owner: string;
  readers: string[];
  use: string;
  rotation: string;
  keys: { key: string; source: Source; there: boolean }[];
  /** the newest; 0: there is none */
  version: number;
  changedAt: Date | null;
};

export async function listSecrets(vault: Vault, environment: string): Promise<ListedSecret[]> {
  const there = await lookAtSecrets(vault, environment);
  const listed: ListedSecret[] = [];
  for (const secret of secrets) {
    const { path, readers, use, rotation, keys } = secret;
    const newest = (await readVersions(vault, environment, path)).at(-1);
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
        there: there.get(path)?.includes(key) ?? false,
      })),
      version: newest?.version ?? 0,
      changedAt: newest?.at ?? null,
    });
  }
  return listed;
}
