/** The jobs on both real Vaults, and the real agent that signs in with what one of them made. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import { makeOwnFolder, startVaultAgent } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { agentConfiguration } from '../agent.ts';
import type { Vault } from '../client/client.ts';
import { everybody, identitiesOf, jobsOf } from '../desired/jobs.ts';
import { revokeService } from '../revoke.ts';
import { toFolder } from './folder.ts';
import { identitiesIn, identitiesOfBootstrap, rotateSecretIds, type Rotated } from './rotate.ts';
import { readSignIn, withSignIn, type SignIn } from './sign-in.ts';

test('the job renews services and itself; who takes snapshots renews itself, and is not in its reach', () => {
  const may = (job: string): string[] =>
    jobsOf('prod')
      .find(({ name }) => name === job)!
      .may('prod')
      .map(({ path }) => path);
  const snapshots = 'auth/approle/role/prod-snapshot/secret-id';
  expect(may('secret-ids')).toContain('auth/approle/role/prod-secret-ids/secret-id');
  expect(may('secret-ids')).not.toContain(snapshots);
  expect(may('snapshot')).toContain(snapshots);
  // A quorum makes it, too.
  expect(identitiesIn('prod').map(({ name }) => name)).toContain('snapshot');
});

test('the job renews itself first; dev has no job for snapshots', () => {
  expect(identitiesIn('prod').map(({ name }) => name)).toEqual([
    'secret-ids',
    ...everybody.filter((name) => name !== 'secret-ids'),
  ]);
  expect(identitiesIn('prod')[0]).toEqual({ name: 'secret-ids', role: 'prod-secret-ids' });
  expect(identitiesIn('dev').map(({ name }) => name)).not.toContain('snapshot');
});

describe.skipIf(missing('vault'))('the jobs', () => {
  let vaults: Vaults;
  const started: { remove(): Promise<void> | void }[] = [];
  const own = <Part extends { remove(): Promise<void> | void }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const folder = own(makeOwnFolder('approle')).path;
  beforeAll(async () => {
    vaults = await startVaults();
  });
  afterAll(async () => {
    for (const part of started.toReversed()) await part.remove();
    await vaults.remove();
  });

  const rotateAs = (vault: Vault, environment = 'dev', place = folder): Promise<Rotated[]> =>
    rotateSecretIds(vault, identitiesIn(environment), toFolder(place));
  const signInOf = (name: string): SignIn => readSignIn(join(folder, name));
  const as = <Result>(name: string, work: (vault: Vault) => Promise<Result>): Promise<Result> =>
    withSignIn(vaults.primary.client, signInOf(name), work);
  /** As a service: it goes on until its token ends. */
  const signedIn = async ({ roleId: role_id, secretId: secret_id }: SignIn): Promise<Vault> => {
    const { auth } = await vaults.primary.client.make('auth/approle/login', { role_id, secret_id });
    return vaults.primary.client.as(auth!.client_token);
  };
  const files = (): string[] => identitiesOf('dev').map((name) => signInOf(name).secretId);
  /** What the end of its week does. */
  const end = (role: string, { secretId }: SignIn): Promise<unknown> =>
    vaults.asRoot('primary', (root) =>
      root.write(`auth/approle/role/${role}/secret-id/destroy`, { secret_id: secretId }),
    );

  test('a quorum makes the first ones, each for its own folder and user', async () => {
    const rotated = await vaults.asRoot('primary', (root) => rotateAs(root));
    expect(rotated.map(({ name, error }) => [name, error])).toEqual(
      identitiesIn('dev').map(({ name }) => [name, null]),
    );
    expect(rotated.find(({ name }) => name === 'api')?.place).toBe(join(folder, 'api'));
    for (const file of ['role-id', 'secret-id'])
      expect(statSync(join(folder, 'api', file)).mode & 0o777).toBe(0o600);
    expect(new Set(files()).size).toBe(identitiesOf('dev').length);
  });

  test('the job makes the next ones, again and again with what it made for itself', async () => {
    for (let day = 0; day < 3; day++) {
      const before = files();
      const itself = signInOf('secret-ids');
      const rotated = await as('secret-ids', (job) => rotateAs(job));
      expect(rotated.filter(({ error }) => error !== null)).toEqual([]);
      expect(files().filter((secretId) => before.includes(secretId))).toEqual([]);
      await end('dev-secret-ids', itself);
      await expect(withSignIn(vaults.primary.client, itself, rotateAs)).rejects.toMatchObject({
        code: 'VAULT_SIGN_IN_REFUSED',
      });
    }
    const api = await signedIn(signInOf('api'));
    expect((await api.read('kv/data/dev/api/session-key'))?.data).toBeDefined();
  });

  test('an agent that runs signs in with the new one, and so does the next init container', async () => {
    const role = 'auth/approle/role/dev-valkey-exporter';
    await vaults.asRoot('primary', (root) => root.write(role, { token_ttl: '3s', token_max_ttl: '5s' }));
    const place = join(folder, 'valkey-exporter');
    const agent = async (once: boolean) => {
      const secrets = own(makeOwnFolder('secrets')).path;
      const configuration = agentConfiguration({
        environment: vaults.environment('dev'),
        service: 'valkey-exporter',
        folder: vaults.primary.wanted.folder,
        vault: vaults.primary.process,
        roleIdFile: join(place, 'role-id'),
        secretIdFile: join(place, 'secret-id'),
        secrets,
        once,
      }).replace('static_secret_render_interval = "60s"', 'static_secret_render_interval = "1s"');
      const { service, remove } = own(
        await startVaultAgent({ configuration, files: [join(secrets, 'cache.json')] }),
      );
      return { service, remove, password: () => readFileSync(join(secrets, 'cache.json'), 'utf8') };
    };
    const sidecar = await agent(false);
    const old = signInOf('valkey-exporter');
    await as('secret-ids', (job) => rotateAs(job));
    // Who did not look yet is not cut off.
    await signedIn(old);
    await end('dev-valkey-exporter', old);
    await expect(signedIn(old)).rejects.toMatchObject({ code: 'VAULT_REFUSED' });
    const signIns = (): number => sidecar.service.log().split('authentication successful').length - 1;
    const before = signIns();
    await expect.poll(signIns, { timeout: 30_000 }).toBeGreaterThan(before + 1);
    await vaults.asRoot('primary', (root) =>
      root.write('kv/data/dev/valkey/user-exporter', { data: { password: 'of-after' } }),
    );
    await expect.poll(sidecar.password, { timeout: 30_000 }).toContain('of-after');
    const init = await agent(true);
    await expect.poll(() => init.service.running).toBe(false);
    expect(init.password()).toContain('of-after');
  });

  test('one that fails keeps what it has; the others have theirs', async () => {
    const before = signInOf('minio');
    const api = signInOf('api');
    await vaults.asRoot('primary', (root) => root.remove('auth/approle/role/dev-minio'));
    const rotated = await as('secret-ids', (job) => rotateAs(job));
    expect(rotated.filter(({ error }) => error !== null)).toEqual([
      expect.objectContaining({
        name: 'minio',
        error: expect.objectContaining({ code: 'VAULT_ROLE_MISSING' }),
      }),
    ]);
    expect(signInOf('minio')).toEqual(before);
    expect(signInOf('api').secretId).not.toBe(api.secretId);
  });

  test('where nothing can be written, none is made', async () => {
    const blocked = own(makeOwnFolder('blocked')).path;
    writeFileSync(join(blocked, 'api'), 'a file in the way of the folder');
    const made = (): Promise<string[]> =>
      vaults.asRoot('primary', (root) => root.list('auth/approle/role/dev-api/secret-id'));
    const before = await made();
    const rotated = await as('secret-ids', (job) => rotateAs(job, 'dev', blocked));
    expect(rotated.find(({ name }) => name === 'api')?.error).toMatchObject({
      code: 'VAULT_FILE_UNWRITABLE',
      field: '--to',
    });
    expect(await made()).toEqual(before);
    expect(readFileSync(join(blocked, 'backup', 'secret-id'), 'utf8')).not.toBe('');
  });

  test('nobody else makes any, in no other environment, and none that lives longer or works elsewhere', async () => {
    const before = files();
    const denied = (rotated: Rotated[]): unknown[] => [
      ...new Set(rotated.map(({ error }) => (error as { code?: string } | null)?.code)),
    ];
    const frontend = await signedIn(signInOf('frontend'));
    expect(denied(await rotateAs(frontend))).toEqual(['VAULT_DENIED']);
    const prod = join(folder, 'of-prod');
    await as('secret-ids', async (job) => {
      expect(denied(await rotateAs(job, 'prod', prod))).toEqual(['VAULT_DENIED']);
      const secretId = 'auth/approle/role/dev-api/secret-id';
      await expect(job.make(secretId, { ttl: '1000h' })).rejects.toMatchObject({ code: 'VAULT_REFUSED' });
      await expect(job.make(secretId, { cidr_list: '10.0.0.0/8' })).rejects.toThrow(/subset/);
      const refused = [
        () => job.read('kv/data/dev/api/session-key'),
        () => job.read('sys/storage/raft/snapshot'),
        () => job.list('auth/approle/role/dev-api/secret-id'),
        () => job.write('auth/approle/role/dev-api', { token_policies: ['prod-api'] }),
        () => job.write('auth/approle/role/dev-api/custom-secret-id', { secret_id: 'known' }),
        () => job.write('auth/approle/role/dev-mine', { token_policies: ['dev-api'] }),
        () => job.write('sys/policies/acl/dev-secret-ids', { policy: '' }),
      ];
      for (const ask of refused)
        await expect(ask(), String(ask)).rejects.toMatchObject({ code: 'VAULT_DENIED' });
    });
    expect(files()).toEqual(before);
  });

  test('who steals what it signs in with is ended by revoke, which says what was in reach', async () => {
    const stolen = signInOf('secret-ids');
    const revoked = await vaults.asRoot('primary', (root) =>
      revokeService(root, 'dev', 'secret-ids', (secretId) => {
        writeFileSync(join(folder, 'secret-ids', 'secret-id'), secretId);
      }),
    );
    expect(revoked.couldSignInAs).toEqual(identitiesOf('dev').filter((name) => name !== 'secret-ids'));
    expect(revoked.known.map(({ path }) => path)).toContain('api/session-key');
    await expect(withSignIn(vaults.primary.client, stolen, rotateAs)).rejects.toMatchObject({
      code: 'VAULT_SIGN_IN_REFUSED',
    });
    await as('secret-ids', async (job) => {
      expect((await job.read('auth/approle/role/dev-api/role-id'))?.data).toBeDefined();
    });
  });

  test('that of the bootstrap takes snapshots and renews itself; the key of the primary is not its to use', async () => {
    const place = join(folder, 'of-the-bootstrap');
    mkdirSync(place);
    const rotate = (vault: Vault): Promise<Rotated[]> =>
      rotateSecretIds(vault, identitiesOfBootstrap(), toFolder(place));
    expect(await vaults.asRoot('bootstrap', rotate)).toMatchObject([{ error: null }]);
    const asJob = <Result>(work: (job: Vault) => Promise<Result>): Promise<Result> =>
      withSignIn(vaults.bootstrap.client, readSignIn(join(place, 'bootstrap-snapshot')), work);
    for (let day = 0; day < 2; day++) {
      const before = readSignIn(join(place, 'bootstrap-snapshot'));
      expect(await asJob(rotate)).toMatchObject([{ name: 'bootstrap-snapshot', error: null }]);
      expect(readSignIn(join(place, 'bootstrap-snapshot')).secretId).not.toBe(before.secretId);
    }
    await asJob(async (job) => {
      let bytes = 0;
      for await (const chunk of await job.download('sys/storage/raft/snapshot')) bytes += chunk.length;
      expect(bytes).toBeGreaterThan(1000);
      const plaintext = Buffer.from('x').toString('base64');
      const refused = [
        () => job.write('transit/encrypt/primary', { plaintext }),
        () => job.write('transit/decrypt/primary', { ciphertext: 'vault:v1:AAAA' }),
        () => job.read('transit/keys/primary'),
        () => job.write('transit/keys/primary/config', { deletion_allowed: true }),
        () => job.remove('transit/keys/primary'),
        () => job.read('transit/backup/primary'),
        () => job.read('transit/export/encryption-key/primary'),
        () => job.make('auth/token/create', {}),
        () => job.write('auth/approle/role/bootstrap-snapshot', { token_policies: ['seal'] }),
        () => job.write('sys/policies/acl/bootstrap-snapshot', { policy: '' }),
        () => job.write('sys/seal'),
        () => job.write('sys/storage/raft/snapshot-force'),
      ];
      for (const ask of refused)
        await expect(ask(), String(ask)).rejects.toMatchObject({ code: 'VAULT_DENIED' });
    });
  });
});
