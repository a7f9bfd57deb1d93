import { expect, test } from 'vitest';
import { differencesOf, plan, type ActualState } from './plan.ts';
import { at, audit, mount, policy, type DesiredState } from './setting.ts';

const settings = [
  mount('kv', { type: 'kv', description: 'Secrets', options: { version: '2' } }),
  policy('prod-api', 'path "a" {}'),
  audit('file', { file_path: '/a' }),
  at('role', 'auth/approle/role/prod-api', { token_policies: ['prod-api'], token_bound_cidrs: ['a', 'b'] }),
];
const desired: DesiredState = {
  settings,
  collections: [
    {
      kind: 'policy',
      list: 'sys/policies/acl',
      also: ['root'],
      wanted: ['prod-api'],
      remove: (name) => `policy/${name}`,
    },
  ],
};
const asWanted = (): ActualState => ({
  settings: new Map(
    settings.map(({ name, wanted }) => [name, structuredClone(wanted) as Record<string, unknown>]),
  ),
  collections: new Map([['policy', ['prod-api', 'root']]]),
});

test('an empty Vault is told everything, in order', () => {
  const { steps, same } = plan(desired, { settings: new Map(), collections: new Map() });
  expect(steps.map(({ name, action }) => [action, name])).toEqual(
    settings.map(({ name }) => ['create', name]),
  );
  expect(same).toEqual([]);
});

test('what is as it should be is left alone, whatever else Vault says of it and in whatever order', () => {
  const actual = asWanted();
  const role = actual.settings.get('role')!;
  role['token_bound_cidrs'] = ['b', 'a'];
  role['token_num_uses'] = 0;
  expect(plan(desired, actual)).toEqual({ steps: [], same: settings.map(({ name }) => name) });
});

test('what differs is changed, and each difference is named', () => {
  const actual = asWanted();
  actual.settings.set('policy prod-api', { policy: 'path "*" {}' });
  actual.settings.get('role')!['token_bound_cidrs'] = null;
  actual.settings.set('audit device file/', { type: 'file', options: { file_path: '/b' } });
  const { steps } = plan(desired, actual);
  expect(steps).toMatchObject([
    {
      action: 'change',
      name: 'policy prod-api',
      differences: [{ field: 'policy', is: 'path "*" {}' }],
      removes: [],
    },
    { action: 'change', name: 'audit device file/', removes: ['sys/audit/file'] },
    {
      action: 'change',
      name: 'role',
      differences: [{ field: 'token_bound_cidrs', is: null, wanted: ['a', 'b'] }],
    },
  ]);
});

test('a right that nobody asked for goes; Vault’s own stay', () => {
  const actual = asWanted();
  actual.collections.set('policy', ['prod-api', 'root', 'left-behind']);
  expect(plan(desired, actual).steps).toEqual([
    {
      name: 'policy left-behind',
      action: 'remove',
      differences: [],
      removes: ['policy/left-behind'],
      calls: [],
    },
  ]);
});

test('what holds data is never made anew', () => {
  const actual = asWanted();
  actual.settings.set('mount kv/', { type: 'kv', description: 'Secrets', options: { version: '1' } });
  expect(() => plan(desired, actual)).toThrow(expect.objectContaining({ code: 'VAULT_FIXED' }));
});

test('only what is wanted counts, also within', () => {
  expect(differencesOf({ a: { b: 1, c: [] } }, { a: { b: 1, c: null, d: 2 }, e: 3 })).toEqual([]);
  expect(differencesOf({ a: { b: 1 } }, { a: null })).toEqual([{ field: 'a.b', is: undefined, wanted: 1 }]);
  expect(differencesOf({ a: [1, 1, 2] }, { a: [1, 2, 2] })).toHaveLength(1);
});
