/** Who may do what: by Vault's own word for everything, and by really asking for what would hurt. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { missing } from '@homepage/testkit/programs';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import type { Vault } from './client/client.ts';
import { identitiesOf } from './desired/jobs.ts';
import { pathsOf, rightsOf, rightsOfOperator, testPolicies } from './matrix.ts';

const environments = ['dev', 'prod'];

test('each right of the table is among the paths that everybody is asked about', () => {
  const paths = pathsOf(environments);
  expect(new Set(paths).size).toBe(paths.length);
  for (const { path } of [...environments.flatMap(rightsOf), ...rightsOfOperator(environments)])
    expect(paths).toContain(path);
});

describe.skipIf(missing('vault'))('rights', () => {
  let vaults: Vaults;
  beforeAll(async () => {
    vaults = await startVaults();
  });
  afterAll(() => vaults.remove());
  const check = (): ReturnType<typeof testPolicies> =>
    vaults.asRoot('primary', (root) =>
      testPolicies(
        root,
        environments.map((name) => vaults.environment(name)),
      ),
    );
  /** As the agent of a service signs in. */
  const signIn = async (
    environment: string,
    service: string,
    vault: Vault = vaults.primary.client,
  ): Promise<Vault> => {
    const { roleIdFile, secretIdFile } = await vaults.signInFiles(environment, service);
    const [role_id, secret_id] = [roleIdFile, secretIdFile].map((file) => readFileSync(file, 'utf8'));
    const { auth } = await vault.make('auth/approle/login', { role_id: role_id!, secret_id: secret_id! });
    return vault.as(auth!.client_token);
  };

  test('are as in the table, and everything else is refused', async () => {
    // Everybody who signs in, and the operator.
    const roles = environments.flatMap(identitiesOf).length + 1;
    expect(await check()).toEqual({ roles, paths: pathsOf(environments).length, wrong: [] });
  });

  test('that are too many or too few are found', async () => {
    await vaults.asRoot('primary', async (root) => {
      const { data } = (await root.read('sys/policies/acl/prod-backup'))!;
      const policy = String(data!['policy'])
        .replace('issue/backup', 'issue/*')
        .replace('prod/minio', 'dev/minio');
      await root.write('sys/policies/acl/prod-backup', { policy });
      const operator = (await root.read('sys/policies/acl/operator'))!;
      await root.write('sys/policies/acl/operator', {
        policy: String(operator.data!['policy']).replace('kv/subkeys/*', 'kv/+/*'),
      });
    });
    const { wrong } = await check();
    expect(wrong).toEqual(
      expect.arrayContaining([
        { role: 'prod-backup', path: 'pki-prod/issue/api', wanted: ['deny'], has: ['update'] },
        { role: 'prod-backup', path: 'kv/data/prod/minio/site', wanted: ['read'], has: ['deny'] },
        { role: 'prod-backup', path: 'kv/data/dev/minio/site', wanted: ['deny'], has: ['read'] },
        { role: 'operator', path: 'kv/data/prod/api/github', wanted: ['deny'], has: ['read'] },
      ]),
    );
  });

  test('of a signed-in service: its own, and nobody else’s', async () => {
    const exporter = await signIn('prod', 'valkey-exporter');
    expect((await exporter.read('kv/data/prod/valkey/user-exporter'))?.data).toBeDefined();
    const issued = await exporter.make('pki-prod/issue/valkey-exporter', {
      common_name: 'homepage-valkey-exporter',
    });
    expect(issued.data!['certificate']).toContain('BEGIN CERTIFICATE');
    const refused = [
      () => exporter.read('kv/data/prod/valkey/user-api'),
      () => exporter.read('kv/data/dev/valkey/user-exporter'),
      () => exporter.list('kv/metadata/prod/'),
      () => exporter.write('kv/data/prod/valkey/user-exporter', { data: { password: 'x' } }),
      () => exporter.make('pki-prod/issue/api', { common_name: 'homepage-api' }),
      () => exporter.make('pki-dev/issue/valkey-exporter', { common_name: 'homepage-valkey-exporter' }),
      () => exporter.make('auth/token/create', {}),
      () => exporter.make('auth/approle/role/prod-api/secret-id', {}),
      () => exporter.read('sys/policies/acl/prod-api'),
      () => exporter.write('cubbyhole/mine', { a: 'b' }),
    ];
    for (const ask of refused)
      await expect(ask(), String(ask)).rejects.toMatchObject({ code: 'VAULT_DENIED' });
  });

  test('a secret-id works for the init container and for the sidecar, and not from elsewhere', async () => {
    await signIn('prod', 'api');
    await vaults.asRoot('primary', (root) =>
      root.write('auth/approle/role/prod-api', {
        secret_id_bound_cidrs: ['10.42.0.0/16'],
        token_bound_cidrs: [],
      }),
    );
    await expect(signIn('prod', 'api')).rejects.toMatchObject({
      code: expect.stringMatching(/VAULT_(REFUSED|DENIED|FAILED)/),
      message: expect.stringMatching(/CIDR|unauthorized|denied/),
    });
  });

  test('a secret-id that ended or was taken back is refused', async () => {
    const { roleIdFile, secretIdFile } = await vaults.signInFiles('dev', 'api');
    const [role_id, secret_id] = [roleIdFile, secretIdFile].map((file) => readFileSync(file, 'utf8'));
    const login = (): Promise<unknown> =>
      vaults.primary.client.make('auth/approle/login', { role_id: role_id!, secret_id: secret_id! });
    await login();
    await login();
    await vaults.asRoot('primary', (root) =>
      root.write('auth/approle/role/dev-api/secret-id/destroy', { secret_id: secret_id! }),
    );
    await expect(login()).rejects.toMatchObject({ code: 'VAULT_REFUSED' });
  });
});
