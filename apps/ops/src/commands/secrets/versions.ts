import { readVersions, secretNamed, type Version } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { required, withStore, type StoreOptions } from './store.ts';

export type VersionsOptions = StoreOptions & { environment?: string };

export async function versions(shell: Shell, path: string, options: VersionsOptions): Promise<Outcome> {
  const environment = required('--environment', options.environment, 'homepage secrets versions');
  const secret = secretNamed(path);
  const found = await withStore(shell, options, (vault) => readVersions(vault, environment, secret.path));
  return {
    ok: true,
    json: { environment, path, versions: found },
    text: found.length === 0 ? `${environment} ${path} was never set.` : found.map(asText).join('\n'),
  };
}

const asText = ({ version, at, state }: Version): string =>
  `${String(version).padStart(4)}  ${at.toISOString()}  ${state}`;
