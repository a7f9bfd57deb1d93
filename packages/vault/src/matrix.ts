/**
 * Who signs in × path × verb, asked of the real Vault: each may do what the tables of packages/vault/src/desired say, and
 * nothing else. Vault itself decides (sys/capabilities), so a policy's file that says too much or too little is found.
 */
import type { Vault } from './client/client.ts';
import { issuingMount, KV, roleOf, rolePath, rootMount, type Environment } from './desired/environment.ts';
import { everybody, identitiesOf, jobsOf } from './desired/jobs.ts';
import { OPERATOR_POLICY } from './desired/primary.ts';
import { secrets } from './desired/secrets.ts';
import { services } from './desired/services.ts';

export type Right = {
  role: string;
  path: string;
  /** Vault's words: read, update, list … */ verbs: string[];
};
export type Wrong = { role: string; path: string; wanted: string[]; has: string[] };
export type MatrixReport = { roles: number; paths: number; wrong: Wrong[] };

const NOTHING = ['deny'];

/** What each role may do: all of it. */
export function rightsOf(environment: string): Right[] {
  const ofServices = services.flatMap(({ name, signedOnly }) => {
    const role = roleOf(environment, name);
    return [
      ...secrets
        .filter(({ readers }) => readers.includes(name))
        .map(({ path }) => ({ role, path: `${KV}/data/${environment}/${path}`, verbs: ['read'] })),
      {
        role,
        path: `${issuingMount(environment)}/${signedOnly ? 'sign' : 'issue'}/${name}`,
        verbs: ['update'],
      },
      { role, path: 'auth/token/renew-self', verbs: ['update'] },
    ];
  });
  const ofJobs = jobsOf(environment).flatMap(({ name, may }) => {
    const own = [...may(environment), { path: 'auth/token/revoke-self', verbs: ['update'] }];
    return own.map((right) => ({ role: roleOf(environment, name), ...right }));
  });
  return [...ofServices, ...ofJobs];
}

/** What a person may do who looks after the primary: see what there is, and no value. */
export function rightsOfOperator(environments: string[]): Right[] {
  const may = (verbs: string[], paths: string[]): Right[] =>
    paths.map((path) => ({ role: OPERATOR_POLICY, path, verbs }));
  return [
    ...environments.flatMap((environment) => [
      ...may(
        ['list'],
        ['', ...secrets.map(({ path }) => path)].map((path) => `${KV}/metadata/${environment}/${path}`),
      ),
      ...may(
        ['read'],
        [
          ...secrets.map(({ path }) => `${KV}/subkeys/${environment}/${path}`),
          ...services.map(({ name }) => `${issuingMount(environment)}/roles/${name}`),
          ...everybody.flatMap((name) => [
            rolePath(environment, name),
            `${rolePath(environment, name)}/role-id`,
          ]),
          `${issuingMount(environment)}/config/issuers`,
        ],
      ),
      ...everybody.flatMap((name) => [
        ...may(['list'], [`${rolePath(environment, name)}/secret-id`]),
        ...may(['update'], [`${rolePath(environment, name)}/secret-id-accessor/lookup`]),
      ]),
    ]),
    ...may(['list'], [`${KV}/metadata/`]),
    ...may(
      ['read'],
      [
        `${KV}/config`,
        ...['mounts', 'auth', 'policies/acl/root', 'policies/acl/mine'].map((part) => `sys/${part}`),
        'auth/token/lookup-self',
      ],
    ),
    ...may(['read', 'sudo'], ['sys/audit']),
    ...may(['update'], ['auth/token/renew-self']),
  ];
}

/** Every path that somebody may use, what stands beside it, and what would give more rights. */
export function pathsOf(environments: string[]): string[] {
  const own = environments.flatMap((environment) => [
    `${KV}/metadata/${environment}/`,
    ...secrets.flatMap(({ path }) =>
      ['data', 'metadata', 'delete', 'undelete', 'destroy', 'subkeys'].map(
        (part) => `${KV}/${part}/${environment}/${path}`,
      ),
    ),
    ...services.flatMap(({ name }) => [
      ...['issue', 'sign', 'roles', 'sign-verbatim'].map(
        (part) => `${issuingMount(environment)}/${part}/${name}`,
      ),
    ]),
    ...everybody.flatMap((name) => [
      rolePath(environment, name),
      ...[
        'role-id',
        'secret-id',
        'custom-secret-id',
        'secret-id/lookup',
        'secret-id/destroy',
        'secret-id-accessor/lookup',
        'secret-id-accessor/destroy',
        'policies',
        'secret-id-ttl',
      ].map((part) => `${rolePath(environment, name)}/${part}`),
    ]),
    ...[
      'sign-verbatim',
      'revoke',
      'tidy',
      'config/issuers',
      'intermediate/set-signed',
      'root/generate/internal',
    ].map((part) => `${issuingMount(environment)}/${part}`),
    ...['root/sign-intermediate', 'root/sign-self-issued', 'issue/api', 'keys'].map(
      (part) => `${rootMount(environment)}/${part}`,
    ),
  ]);
  return [
    ...own,
    `${KV}/config`,
    `${KV}/metadata/`,
    'auth/token/renew-self',
    'auth/token/revoke-self',
    'auth/token/lookup-self',
    ...['create', 'create-orphan', 'lookup', 'renew', 'revoke', 'accessors/'].map(
      (part) => `auth/token/${part}`,
    ),
    ...[
      'policies/acl/root',
      'policies/acl/mine',
      'mounts',
      'auth',
      'audit',
      'raw/core',
      'seal',
      'rekey/init',
    ].map((part) => `sys/${part}`),
    ...[
      'storage/raft/snapshot',
      'storage/raft/snapshot-force',
      'storage/raft/configuration',
      'generate-root/attempt',
      'wrapping/wrap',
    ].map((part) => `sys/${part}`),
    'identity/entity',
    'cubbyhole/mine',
  ];
}

/**
 * @param vault as somebody who may make tokens with these policies
 * @returns what differs; nothing: all is as it should be
 */
export async function testPolicies(vault: Vault, environments: Environment[]): Promise<MatrixReport> {
  const names = environments.map(({ name }) => name);
  const paths = pathsOf(names);
  const wrong: Wrong[] = [];
  const roles = [
    OPERATOR_POLICY,
    ...names.flatMap((name) => identitiesOf(name).map((who) => roleOf(name, who))),
  ];
  const rights = [...rightsOfOperator(names), ...names.flatMap(rightsOf)];
  for (const role of roles) {
    const allowed = await capabilities(vault, role, paths);
    for (const path of paths) {
      const wanted = rights.find((right) => right.role === role && right.path === path)?.verbs ?? NOTHING;
      const has = allowed[path] ?? NOTHING;
      if (has.toSorted().join() !== wanted.toSorted().join()) wrong.push({ role, path, wanted, has });
    }
  }
  return { roles: roles.length, paths: paths.length, wrong };
}

/** Of a token with this policy alone, which lives for a minute at most. */
async function capabilities(vault: Vault, role: string, paths: string[]): Promise<Record<string, string[]>> {
  const { auth } = await vault.make('auth/token/create-orphan', {
    policies: [role],
    no_default_policy: true,
    ttl: '60s',
    renewable: false,
    display_name: 'policy test',
  });
  const token = auth!.client_token;
  try {
    const { data } = await vault.write('sys/capabilities', { token, paths });
    return data as Record<string, string[]>;
  } finally {
    await vault.write('auth/token/revoke', { token });
  }
}
