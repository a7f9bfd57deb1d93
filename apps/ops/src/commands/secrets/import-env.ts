import { importEnv, type Imported } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { inWords, required, withStore, type StoreOptions } from './store.ts';

export type ImportEnvOptions = StoreOptions & { environment?: string; dryRun?: boolean; replace?: boolean };

export async function importEnvFile(shell: Shell, file: string, options: ImportEnvOptions): Promise<Outcome> {
  const { dryRun = false, replace = false } = options;
  const environment = required('--environment', options.environment, 'homepage secrets import-env');
  const imported = await withStore(shell, options, (vault) =>
    importEnv(vault, environment, shell.path(file), { dryRun, replace }),
  );
  return { ok: true, json: { dryRun, ...imported }, text: asText(imported, dryRun) };
}

function asText({ changes, ignored }: Imported, dryRun: boolean): string {
  return [
    ...changes.map((change) => inWords(change, dryRun)),
    ...(ignored.length === 0 ? [] : [`No secrets of Vault: ${ignored.join(', ')}.`]),
  ].join('\n');
}
