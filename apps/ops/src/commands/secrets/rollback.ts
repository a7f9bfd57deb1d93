import { rollBack, secretNamed } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { wholeNumber } from '../../usage.ts';
import { inWords, required, withStore, type StoreOptions } from './store.ts';

export type RollbackOptions = StoreOptions & { environment?: string; toVersion?: string; dryRun?: boolean };

const COMMAND = 'homepage secrets rollback';

/** The versions in between are kept: it can be gone forward again in the same way. */
export async function rollback(shell: Shell, path: string, options: RollbackOptions): Promise<Outcome> {
  const { dryRun = false } = options;
  const environment = required('--environment', options.environment, COMMAND);
  const wanted = required('--to-version', options.toVersion, COMMAND);
  const secret = secretNamed(path);
  const version = wholeNumber('--to-version', wanted, 1_000_000_000, COMMAND);
  const change = await withStore(shell, options, (vault) =>
    rollBack(vault, environment, secret, version, { dryRun }),
  );
  return { ok: true, json: { dryRun, ...change }, text: inWords(change, dryRun) };
}
