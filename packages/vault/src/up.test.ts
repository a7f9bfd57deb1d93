/** A real primary is brought to what it should be: once, again, after a kill, after somebody changed it by hand. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '@homepage/platform';
import { missing } from '@homepage/testkit/programs';
import { makeOwnFolder } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { Vault, type Body } from './client/client.ts';
import { primaryState } from './desired/primary.ts';
import { revokeService } from './revoke.ts';
import { withRoot } from './root-token.ts';
import { makeSealToken } from './seal-token.ts';
import { writeSecret } from './secret-file.ts';
import { startFaultyProxy } from './test-proxy.ts';
import { up, type UpReport } from './up.ts';
import type { Work } from './work.ts';

describe.skipIf(missing('vault'))('homepage vault up', () => {
  let vaults: Vaults;
  const folder = makeOwnFolder('deploy-vault');
  beforeAll(async () => {
    vaults = await startVaults({ prepare: false });
    cpSync(vaults.primary.wanted.folder, join(folder.path, 'vault'), { recursive: true });
  });
  afterAll(async () => {
    await vaults.remove();
    folder.remove();
  });
  const run = (options: Parameters<typeof up>[2] = {}, changed = {}): Promise<UpReport> =>
    vaults.asRoot('primary', (root) => up(root, { ...vaults.primary.wanted, ...changed }, options));
  const names = ({ work }: { work: Work[] }): string[] => work.map(({ name }) => name);
  const own = { folder: join(folder.path, 'vault') };

  test('a dry run tells everything and changes nothing', async () => {
    const first = await run({ dryRun: true });
    expect(first.same).toBe(0);
    expect(names(first)).toEqual(
      expect.arrayContaining([
        'mount kv/',
        'policy prod-api',
        'root authority of dev',
        'sign-in of dev-valkey',
      ]),
    );
    expect(names(await run({ dryRun: true }))).toEqual(names(first));
  });

  test('killed before any of its steps, it goes on the next time', async () => {
    const all = (await run({ dryRun: true })).work.length;
    let left = all;
    for (let stopAt = 2; left > 0; stopAt += 9) {
      let steps = 0;
      await run({
        onStep() {
          if (++steps === stopAt) throw new Error('killed');
        },
      }).catch((error: Error) => expect(error.message).toBe('killed'));
      const now = (await run({ dryRun: true })).work.length;
      expect(now).toBeLessThan(left);
      left = now;
    }
  });

  test('answers that fail midway are asked for again; what was done twice is as if it were done once', async () => {
    await vaults.asRoot('primary', (root) => root.remove('sys/policies/acl/prod-api'));
    const { process, wanted } = vaults.primary;
    const bundle = await vaults.authority.issue({ name: 'proxy', purpose: 'server' });
    const proxy = await startFaultyProxy(process, bundle, (number) =>
      number % 10 === 5 ? { status: 502, body: '<html>' } : number % 10 === 9 ? 'cut' : undefined,
    );
    const behind = new Vault({ address: proxy.address, ca: process.ca });
    try {
      const report = await vaults.asRoot('primary', (root) => up(behind.as(root.token), wanted));
      expect(names(report)).toEqual(['policy prod-api']);
      expect(proxy.count()).toBeGreaterThan(80);
    } finally {
      behind.close();
      await proxy.close();
    }
  });

  test('a second run finds nothing to do; what a person has to give is named', async () => {
    const again = await run();
    expect(again.work).toEqual([]);
    expect(again.same).toBeGreaterThan(70);
    expect(again.missing).toEqual([
      { environment: 'dev', path: 'api/github', keys: ['clientId', 'clientSecret'] },
      { environment: 'prod', path: 'api/github', keys: ['clientId', 'clientSecret'] },
    ]);
  });

  test('what somebody changed by hand is shown and healed; what they added goes', async () => {
    await vaults.asRoot('primary', async (root) => {
      await root.write('sys/policies/acl/prod-api', { policy: 'path "*" { capabilities = ["read"] }' });
      await root.write('sys/policies/acl/left-behind', { policy: 'path "*" { capabilities = ["read"] }' });
      await root.write('auth/approle/role/prod-backup', {
        secret_id_bound_cidrs: [],
        token_policies: ['prod-api'],
      });
      await root.write('auth/approle/role/mine', { token_policies: ['prod-api'] });
      await root.write('pki-prod/roles/anything', { allow_any_name: true });
      await root.write('sys/mounts/kv/tune', { description: 'mine' });
      await root.remove('sys/audit/stdout');
    });
    const seen = await run({ dryRun: true });
    expect(seen.work.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'create audit device stdout/',
      'change mount kv/',
      'change policy prod-api',
      'change sign-in of prod-backup',
      'remove policy left-behind',
      'remove sign-in of mine',
      'remove certificate role of prod anything',
    ]);
    expect(seen.work[3]!.differences).toEqual([
      { field: 'token_policies', is: ['prod-api'], wanted: ['prod-backup'] },
      { field: 'secret_id_bound_cidrs', is: [], wanted: ['127.0.0.0/8'] },
    ]);
    expect(names(await run())).toEqual(names(seen));
    expect((await run()).work).toEqual([]);
  });

  test('an environment that is not named is left as it is', async () => {
    const { environments } = vaults.primary.wanted;
    const dev = environments.filter(({ name }) => name === 'dev');
    expect(dev).toHaveLength(1);
    expect(names(await run({}, { environments: dev }))).toEqual([]);
    await vaults.asRoot('primary', (root) => root.remove('sys/policies/acl/dev-api'));
    expect(names(await run({}, { environments: dev }))).toEqual(['policy dev-api']);
    expect((await run({ dryRun: true })).work).toEqual([]);
  });

  test('what the tables say nothing about is as Vault makes it; another way to sign in is told', async () => {
    const widened = {
      'pki-prod/roles/api': {
        allowed_uri_sans: ['*'],
        not_after: '2099-01-01T00:00:00Z',
        cn_validations: ['disabled'],
      },
      'auth/approle/role/prod-api': { token_period: 3600, token_explicit_max_ttl: 7200 },
    };
    await vaults.asRoot('primary', async (root) => {
      for (const [path, change] of Object.entries(widened)) {
        const { data } = (await root.read(path))!;
        const { local_secret_ids: _fixed, ...rest } = data!;
        await root.write(path, { ...(rest as Body), ...change });
      }
      const [issuer] = await root.list('pki-dev/issuers');
      await root.patch(`pki-dev/issuer/${issuer}`, { leaf_not_after_behavior: 'permit' });
      await root.patch(`pki-dev/issuer/${(await root.list('pki-dev/issuers'))[1]}`, {
        leaf_not_after_behavior: 'permit',
      });
      await root.remove('auth/approle/role/prod-backup');
      await root.write('auth/approle/role/prod-backup', { local_secret_ids: true });
      await root.write('sys/auth/userpass', { type: 'userpass' });
    });
    const report = await run();
    expect(report.foreign).toEqual(['userpass/']);
    const healed = report.work.flatMap(({ differences }) => differences.map(({ field }) => field));
    expect(healed).toEqual(
      expect.arrayContaining([
        'allowed_uri_sans',
        'not_after',
        'cn_validations',
        'token_period',
        'token_explicit_max_ttl',
        'local_secret_ids',
        'leaf_not_after_behavior',
      ]),
    );
    expect((await run({ dryRun: true })).work).toEqual([]);
    await vaults.asRoot('primary', (root) => root.remove('sys/auth/userpass'));
  });

  test('every field that Vault has of a role is one of the tables', async () => {
    const { settings } = primaryState(vaults.primary.wanted);
    await vaults.asRoot('primary', async (root) => {
      for (const path of ['pki-prod/roles/api', 'auth/approle/role/prod-api']) {
        const { wanted } = settings.find(({ read }) => read.path === path)!;
        const { data } = (await root.read(path))!;
        expect(Object.keys(wanted).toSorted(), path).toEqual(Object.keys(data!).toSorted());
      }
    });
  });

  test('secrets that are made are made once; those that are there stay', async () => {
    const read = (): Promise<unknown> =>
      vaults.asRoot(
        'primary',
        async (root) => (await root.read('kv/data/prod/valkey/user-api'))?.data?.['data'],
      );
    const before = (await read()) as { password: string };
    expect(before.password).toMatch(/^[\w-]{40}$/);
    await vaults.asRoot('primary', async (root) => {
      await root.write('kv/data/prod/minio/site', { data: { accessKey: 'mine' } });
      await root.remove('kv/metadata/prod/api/session-key');
    });
    expect(names(await run())).toEqual(['secret kv/prod/api/session-key', 'secret kv/prod/minio/site']);
    expect(await read()).toEqual(before);
    const site = await vaults.asRoot(
      'primary',
      async (root) => (await root.read('kv/data/prod/minio/site'))?.data,
    );
    expect(site).toMatchObject({ data: { accessKey: 'mine', secretKey: expect.any(String) } });
  });

  test('a secret that was deleted is made anew, after the version it had', async () => {
    const path = 'kv/data/prod/api/session-key';
    const stored = (): Promise<{ data: object; metadata: { version: number } }> =>
      vaults.asRoot('primary', async (root) => (await root.read(path))!.data as never);
    const before = await stored();
    await vaults.asRoot('primary', (root) => root.remove(path));
    expect(names(await run())).toEqual(['secret kv/prod/api/session-key']);
    const after = await stored();
    expect(after.metadata.version).toBe(before.metadata.version + 1);
    expect(Object.keys(after.data)).toEqual(Object.keys(before.data));
    expect((await run()).work).toEqual([]);
  });

  test('a policy with a typing error, one that is missing, and one that is too many are named', async () => {
    const file = (name: string): string => join(own.folder, 'policies', `${name}.hcl`);
    const text = readFileSync(file('api'), 'utf8');
    const failure = (): Promise<Problem> =>
      run({}, own).then(
        () => expect.fail('it should have failed'),
        (error: Problem) => error,
      );
    writeFileSync(file('api'), text.replace('"read"', '"raed"'));
    const typo = await failure();
    expect(typo).toMatchObject({ code: 'VAULT_REFUSED' });
    expect(typo.message).toMatch(/sys\/policies\/acl\/dev-api.*raed/);
    expect(typo).toMatchObject({ field: file('api'), message: expect.stringContaining(file('api')) });
    expect(typo.message).toContain('Nothing was done before it.');
    writeFileSync(file('api'), '# nothing\n');
    expect(await failure()).toMatchObject({ code: 'VAULT_POLICY_EMPTY', field: file('api') });
    writeFileSync(file('api'), text.replace('@environment@', '@enviroment@'));
    expect(await failure()).toMatchObject({ code: 'VAULT_PLACEHOLDER_UNKNOWN', field: file('api') });
    writeFileSync(file('api'), text);
    writeFileSync(file('nobody'), text);
    expect(await failure()).toMatchObject({ code: 'VAULT_POLICY_UNMATCHED', field: 'policies/nobody.hcl' });
  });

  test('what was made and could not be written down is taken back', async () => {
    const unwritable = { code: 'VAULT_FILE_UNWRITABLE' };
    await vaults.asRoot('bootstrap', async (root) => {
      const before = await root.list('auth/token/accessors');
      await expect(makeSealToken(root, '/nodir/seal-token')).rejects.toMatchObject(unwritable);
      expect(await root.list('auth/token/accessors')).toEqual(before);
    });
    await vaults.asRoot('primary', async (root) => {
      const keep = (secretId: string): void => writeSecret('/nodir/secret-id', secretId);
      await expect(revokeService(root, 'prod', 'backup', keep)).rejects.toMatchObject(unwritable);
      expect(await root.list('auth/approle/role/prod-backup/secret-id')).toEqual([]);
    });
  });

  test('a root token that a killed run left is told, and taken back', async () => {
    const left = await vaults.asRoot('primary', async (root) => {
      const { auth } = await root.make('auth/token/create-orphan', { policies: ['root'] });
      return auth!.client_token;
    });
    expect(names(await run({ dryRun: true }))).toEqual(['1 other root token']);
    expect(names(await run())).toEqual(['1 other root token']);
    await expect(vaults.primary.client.as(left).read('auth/token/lookup-self')).rejects.toMatchObject({
      code: 'VAULT_TOKEN_REFUSED',
    });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('a run that is ended by %s takes its root token back first', async (signal, code) => {
    const { process: server, keys } = vaults.primary;
    const program = `
      const { Vault, withRoot } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
      const { server, keys } = JSON.parse(process.env.TEST);
      await withRoot(new Vault(server), keys, async () => {
        console.log('in the middle');
        await new Promise((done) => setTimeout(done, 60_000));
      });`;
    const TEST = JSON.stringify({
      server: { address: server.address, ca: server.ca },
      keys: keys.slice(0, 2),
    });
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, TEST },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
    expect((await run({ dryRun: true })).work).toEqual([]);
  });

  test('why a run failed is told, also when its root token cannot be taken back', async () => {
    const { process, keys } = vaults.primary;
    const bundle = await vaults.authority.issue({ name: 'proxy', purpose: 'server' });
    const proxy = await startFaultyProxy(process, bundle, (_number, what) =>
      what.includes('revoke-self') ? { status: 400 } : undefined,
    );
    const behind = new Vault({ address: proxy.address, ca: process.ca });
    try {
      const failing = withRoot(behind, keys.slice(0, 2), async () => {
        throw new Error('why it failed');
      });
      await expect(failing).rejects.toThrow('why it failed');
      await expect(withRoot(behind, keys.slice(0, 2), async () => 'done')).rejects.toMatchObject({
        code: 'VAULT_REFUSED',
      });
    } finally {
      behind.close();
      await proxy.close();
    }
    expect(names(await run())).toEqual(['2 other root tokens']);
  });

  test('no root token is left', async () => {
    const left = await vaults.asRoot('primary', async (root) => {
      const accessors = await root.list('auth/token/accessors');
      const tokens = await Promise.all(
        accessors.map((accessor) => root.write('auth/token/lookup-accessor', { accessor })),
      );
      return tokens
        .map(({ data }) => data)
        .filter((data) => (data!['policies'] as string[]).includes('root'));
    });
    // The one that asks.
    expect(left).toHaveLength(1);
  });
});
