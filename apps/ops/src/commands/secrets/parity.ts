import { environmentNames, parityOf, type Parity } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { withStore, type StoreOptions } from './store.ts';

export type ParityOptions = StoreOptions & { environment?: string };

/** Before a rollout: an agent waits for what is missing, and its pod with it. */
export async function parity(shell: Shell, options: ParityOptions): Promise<Outcome> {
  const { environment } = options;
  const environments = environment === undefined ? [...environmentNames] : [environment];
  const found = await withStore(shell, options, (vault) => parityOf(vault, environments));
  return { ok: found.missing.length === 0, json: found, text: asText(found) };
}

function asText({ environments, missing, unknown }: Parity): string {
  return [
    ...missing.flatMap(({ environment, path, keys, readers }) => [
      `${environment} ${path} lacks ${keys.join(', ')}: ${readers.join(', ')} would not start.`,
      ...keys.map(
        (key) => `  $ homepage secrets set ${path} ${key} --environment ${environment} --file <file>`,
      ),
    ]),
    ...unknown.map(
      ({ environment, path, keys }) => `${environment} ${[path, ...keys].join(' ')} is read by nobody.`,
    ),
    missing.length === 0
      ? `${environments.join(' and ')}: every secret that a service reads is there.`
      : `${missing.length} secrets are missing or lack a key.`,
  ].join('\n');
}
