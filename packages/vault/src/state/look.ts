/** What Vault has of what is wanted. Each path is read once. */
import type { Vault } from '../client/client.ts';
import type { ActualState } from './plan.ts';
import type { DesiredState } from './setting.ts';

export async function look(vault: Vault, { settings, collections }: DesiredState): Promise<ActualState> {
  const answers = new Map<string, Record<string, unknown> | undefined>();
  const actual: ActualState = { settings: new Map(), collections: new Map() };
  for (const { name, read } of settings) {
    if (!answers.has(read.path)) answers.set(read.path, (await vault.read(read.path))?.data ?? undefined);
    const data = answers.get(read.path);
    const entry = read.entry === undefined ? data : data?.[read.entry];
    actual.settings.set(name, entry as Record<string, unknown> | undefined);
  }
  for (const { kind, list } of collections) actual.collections.set(kind, await vault.list(list));
  return actual;
}
