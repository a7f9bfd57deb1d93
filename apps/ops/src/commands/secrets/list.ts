import { environmentNames, listSecrets, type ListedSecret } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { withStore, type StoreOptions } from './store.ts';

export type ListOptions = StoreOptions & { environment?: string };

/** Names, owners and ages; no value is read. */
export async function list(shell: Shell, options: ListOptions): Promise<Outcome> {
  const { environment } = options;
  const environments = environment === undefined ? environmentNames : [environment];
  const secrets = await withStore(shell, options, async (vault) => {
    const listed: ListedSecret[] = [];
    for (const name of environments) listed.push(...(await listSecrets(vault, name)));
    return listed;
  });
  return { ok: true, json: { secrets }, text: secrets.map(asText).join('\n\n') };
}

function asText({
  environment,
  path,
  owner,
  readers,
  use,
  rotation,
  keys,
  version,
  changedAt,
}: ListedSecret): string {
  const age =
    changedAt === null ? 'not there' : `version ${version}, ${changedAt.toISOString().slice(0, 10)}`;
  const names = keys.map(({ key, source, there }) => {
    if (there) return key;
    return source === 'optional' ? `${key} (none, and none is needed)` : `${key} (missing)`;
  });
  return [
    `${environment} ${path}  ${age}`,
    `  keys: ${names.join(', ')}`,
    `  of ${owner}, read by ${readers.join(', ')}. ${use}`,
    `  to change it: ${rotation}`,
  ].join('\n');
}
