/** What the commands of `homepage secrets` work on: the primary's store, as who is signed in. */
import { requireStore, type Vault } from '@homepage/vault';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { asOperator, openVault, type ServerOptions, type WhoOptions } from '../vault/server.ts';

export type StoreOptions = ServerOptions & WhoOptions;

export async function withStore<Result>(
  shell: Shell,
  options: StoreOptions,
  work: (vault: Vault) => Promise<Result>,
): Promise<Result> {
  const vault = openVault(shell, options);
  try {
    return await asOperator(shell, vault, options, async (operator) => {
      await requireStore(operator);
      return work(operator);
    });
  } finally {
    vault.close();
  }
}

/**
 * What has no default since a wrong guess would change the wrong thing.
 * @param command the words of it, for the hint
 * @throws UsageProblem
 */
export function required(option: string, given: string | undefined, command: string): string {
  if (given !== undefined) return given;
  throw new UsageProblem(`${option} is missing.`, `See: ${command} --help`);
}

/** "written" where something was, and what was not. */
export function inWords(
  {
    environment,
    path,
    changed,
    version,
  }: { environment: string; path: string; changed: string[]; version: number },
  dryRun: boolean,
): string {
  if (changed.length === 0)
    return `${environment} ${path} is so already, version ${version}. Nothing was written.`;
  return dryRun
    ? `${environment} ${path}: would change ${changed.join(', ')}. Nothing was written.`
    : `${environment} ${path}: changed ${changed.join(', ')}, version ${version}.`;
}
