/** What has to be done so that Vault is as it is wanted. Pure: it asks nobody and changes nothing. */
import { Problem } from '@homepage/platform';
import type { Json } from '../client/client.ts';
import type { Call, DesiredState, Setting } from './setting.ts';

/** What Vault has: by the name of a setting, and the names in each collection. */
export type ActualState = {
  settings: Map<string, Record<string, unknown> | undefined>;
  collections: Map<string, string[]>;
};

export type Difference = { field: string; /** undefined: it is not there */ is: unknown; wanted: unknown };

export type Step = {
  name: string;
  action: 'create' | 'change' | 'remove';
  differences: Difference[];
  removes: string[];
  calls: Call[];
  /** the file that says so */
  from?: string | undefined;
};

export type Plan = { steps: Step[]; /** names of what is as it should be */ same: string[] };

/** @throws Problem VAULT_FIXED when something would have to be made anew that holds data */
export function plan(desired: DesiredState, actual: ActualState): Plan {
  const steps: Step[] = [];
  const same: string[] = [];
  for (const setting of desired.settings) {
    const step = stepFor(setting, actual.settings.get(setting.name));
    if (step) steps.push(step);
    else same.push(setting.name);
  }
  for (const { kind, also = [], wanted, remove } of desired.collections) {
    const there = actual.collections.get(kind) ?? [];
    for (const name of there.filter((name) => !wanted.includes(name) && !also.includes(name)))
      steps.push({
        name: `${kind} ${name}`,
        action: 'remove',
        differences: [],
        removes: [remove(name)],
        calls: [],
      });
  }
  return { steps, same };
}

function stepFor(setting: Setting, actual: Record<string, unknown> | undefined): Step | undefined {
  const { name, wanted, create, change, remove, fixed = [], remade = [], from } = setting;
  const differences = differencesOf(wanted, actual);
  if (actual === undefined)
    return { name, action: 'create', differences, removes: [], calls: [create], from };
  if (differences.length === 0) return undefined;
  const cannot = differences.find(({ field }) => fixed.includes(field.split('.')[0]!));
  if (cannot)
    throw new Problem(
      'VAULT_FIXED',
      `${name} has ${cannot.field} ${JSON.stringify(cannot.is)}, not ${JSON.stringify(cannot.wanted)}, and Vault cannot change that.`,
      {
        fix: 'What is in it would be lost if it were made anew. Look at it, move it away with "vault secrets move", and run this again.',
      },
    );
  const anew = differences.some(({ field }) => remade.includes(field));
  if (change && !anew) return { name, action: 'change', differences, removes: [], calls: [change], from };
  return { name, action: 'change', differences, removes: [remove], calls: [create], from };
}

/** Fields of `wanted` that `actual` has otherwise; objects are looked into, lists are sets. */
export function differencesOf(
  wanted: Record<string, Json>,
  actual: Record<string, unknown> | undefined,
  within = '',
): Difference[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const field = within + name;
    const is = actual?.[name];
    if (isObject(value)) return differencesOf(value, isObject(is) ? is : undefined, `${field}.`);
    return same(value, is) ? [] : [{ field, is, wanted: value }];
  });
}

const isObject = <Value>(value: Value): value is Value & Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function same(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one)) return one === other;
  // Vault says null for an empty list.
  const others = (other ?? []) as unknown[];
  const sorted = (list: unknown[]): string =>
    JSON.stringify(list.map((item) => JSON.stringify(item)).toSorted());
  return Array.isArray(others) && sorted(one) === sorted(others);
}
