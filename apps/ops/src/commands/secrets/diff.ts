import { compareEnvironments, type Compared } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { withStore, type StoreOptions } from './store.ts';

/** Two environments key by key. A value that is the same in both is a failure: who reads the one gets into the other. */
export async function diff(
  shell: Shell,
  one: string,
  other: string,
  options: StoreOptions,
): Promise<Outcome> {
  if (one === other)
    throw new UsageProblem(
      'An environment does not differ from itself.',
      'See: homepage secrets diff --help',
    );
  const keys = await withStore(shell, options, (vault) => compareEnvironments(vault, one, other));
  const shared = keys.filter(({ difference }) => difference === 'same value');
  return {
    ok: shared.length === 0,
    json: { one, other, keys },
    text: asText(one, other, keys, shared.length),
  };
}

function asText(one: string, other: string, keys: Compared[], shared: number): string {
  const words = {
    'only in the first': `only in ${one}`,
    'only in the second': `only in ${other}`,
    'same value': `the same value in both: make another one for ${one}`,
    'other value': 'in both, with values of their own',
  };
  const lines = keys.map(({ path, key, difference }) => `${path} ${key}: ${words[difference]}`);
  return [
    ...lines,
    shared === 0
      ? 'No value is in both.'
      : `${shared} values are in both: who has the one gets into the other.`,
  ].join('\n');
}
