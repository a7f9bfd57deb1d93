/** Secrets in a real Vault: set, gone back to, compared, taken over; and two people at once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import type { Vault } from '../client/client.ts';
import { rollBack, setValues } from './change.ts';
import { compareEnvironments } from './compare.ts';
import { secretNamed } from './find.ts';
import { importEnv } from './import-env.ts';
import { listSecrets } from './list.ts';
import { parityOf } from './parity.ts';
import { readStored, readVersions, requireStore, store } from './store.ts';

const github = secretNamed('api/github');
const sessionKey = secretNamed('api/session-key');

describe.skipIf(missing('vault'))('secrets in Vault', () => {
  let vaults: Vaults;
  const folder = makeFolder();
  beforeAll(async () => {
    vaults = await startVaults();
  });
  afterAll(async () => {
    folder.remove();
    await vaults.remove();
  });
  const asRoot = <Result>(work: (root: Vault) => Promise<Result>): Promise<Result> =>
    vaults.asRoot('primary', work);
  const valuesOf = (root: Vault, environment: string, path: string): Promise<unknown> =>
    readStored(root, environment, path).then(({ values }) => values);

  test('a key is set, and the others stay; the same again is no new version', async () => {
    await asRoot(async (root) => {
      const set = (values: Record<string, string>): Promise<unknown> =>
        setValues(root, 'dev', github, values);
      expect(await set({ clientId: 'one' })).toMatchObject({ changed: ['clientId'], version: 1 });
      expect(await set({ clientSecret: 'two "quoted"' })).toMatchObject({
        changed: ['clientSecret'],
        version: 2,
      });
      expect(await set({ clientId: 'one' })).toMatchObject({ changed: [], version: 2 });
      expect(await valuesOf(root, 'dev', 'api/github')).toEqual({
        clientId: 'one',
        clientSecret: 'two "quoted"',
      });
    });
  });

  test('a dry run says what would change, and a bad value stops before anything is written', async () => {
    await asRoot(async (root) => {
      const before = await readStored(root, 'dev', 'api/github');
      expect(await setValues(root, 'dev', github, { clientId: 'x' }, { dryRun: true })).toMatchObject({
        changed: ['clientId'],
        version: before.version,
      });
      await expect(
        setValues(root, 'dev', github, { clientId: 'x', clientSecret: 'a\nb' }),
      ).rejects.toMatchObject({ code: 'VAULT_VALUE_INVALID' });
      expect(await readStored(root, 'dev', 'api/github')).toEqual(before);
    });
  });

  test('a random session key is made, and the one before is believed on', async () => {
    await asRoot(async (root) => {
      const { current } = (await valuesOf(root, 'dev', 'api/session-key')) as { current: string };
      await setValues(root, 'dev', sessionKey, { current: undefined });
      const after = (await valuesOf(root, 'dev', 'api/session-key')) as Record<string, string>;
      expect(after['previous']).toBe(current);
      expect(Buffer.from(after['current']!, 'base64')).toHaveLength(32);
      await expect(setValues(root, 'dev', github, { clientSecret: undefined })).rejects.toMatchObject({
        code: 'VAULT_VALUE_GIVEN',
      });
    });
  });

  test('of two people who change it at once, the second is told', async () => {
    await asRoot(async (root) => {
      const seen = await readStored(root, 'dev', 'api/github');
      await setValues(root, 'dev', github, { clientId: 'of the first' });
      await expect(
        store(root, 'dev', 'api/github', { clientId: 'of the second' }, seen),
      ).rejects.toMatchObject({
        code: 'VAULT_SECRET_CHANGED',
        message: expect.not.stringContaining('of the second'),
      });
      await expect(
        setValues(root, 'dev', github, { clientId: 'of the second' }, { ifVersion: seen.version }),
      ).rejects.toMatchObject({ code: 'VAULT_SECRET_CHANGED' });
      const many = await Promise.allSettled(
        Array.from({ length: 8 }, (_, at) => setValues(root, 'dev', github, { clientId: `at once ${at}` })),
      );
      const written = many.filter(({ status }) => status === 'fulfilled').length;
      expect(written).toBeGreaterThan(0);
      const { version } = await readStored(root, 'dev', 'api/github');
      // Nobody wrote over anybody.
      expect(version).toBe(seen.version + 1 + written);
    });
  });

  test('it is gone back to an older version, and forward again; what is gone is told', async () => {
    await asRoot(async (root) => {
      const before = await readStored(root, 'dev', 'api/github');
      const back = await rollBack(root, 'dev', github, 2);
      expect(back).toEqual({
        environment: 'dev',
        path: 'api/github',
        changed: ['clientId'],
        version: before.version + 1,
      });
      expect(await valuesOf(root, 'dev', 'api/github')).toMatchObject({ clientId: 'one' });
      await rollBack(root, 'dev', github, before.version);
      expect(await valuesOf(root, 'dev', 'api/github')).toEqual(before.values);

      await root.write('kv/destroy/dev/api/github', { versions: [1] });
      await root.write('kv/delete/dev/api/github', { versions: [2] });
      expect((await readVersions(root, 'dev', 'api/github')).slice(0, 3)).toMatchObject([
        { version: 1, state: 'destroyed' },
        { version: 2, state: 'deleted' },
        { version: 3, state: 'kept' },
      ]);
      for (const [version, state] of [
        [1, 'destroyed'],
        [2, 'deleted'],
        [999, 'not there'],
      ] as const)
        await expect(rollBack(root, 'dev', github, version)).rejects.toMatchObject({
          code: 'VAULT_VERSION_UNKNOWN',
          message: `Version ${version} of dev api/github is ${state}.`,
        });
      const whole = await readStored(root, 'dev', 'api/github');
      await root.write('kv/data/dev/api/github', { data: { clientId: 'half' } });
      await root.write('kv/data/dev/api/github', { data: whole.values! });
      await expect(rollBack(root, 'dev', github, whole.version + 1, { dryRun: true })).rejects.toMatchObject({
        code: 'VAULT_VERSION_INCOMPLETE',
        message: expect.stringContaining('lacks clientSecret'),
      });
    });
  });

  test('one that was deleted is set anew', async () => {
    await asRoot(async (root) => {
      const { version } = await readStored(root, 'dev', 'api/github');
      await root.remove('kv/data/dev/api/github');
      expect(await readStored(root, 'dev', 'api/github')).toEqual({ version, values: undefined });
      const values = { clientId: 'id', clientSecret: 'secret' };
      expect(await setValues(root, 'dev', github, values)).toMatchObject({ version: version + 1 });
    });
  });

  test('before a rollout it is told what prod lacks, and what nobody reads', async () => {
    await asRoot(async (root) => {
      expect(await parityOf(root, ['dev', 'prod'])).toEqual({
        environments: ['dev', 'prod'],
        missing: [
          {
            environment: 'prod',
            path: 'api/github',
            keys: ['clientId', 'clientSecret'],
            readers: ['api'],
          },
        ],
        unknown: [],
      });
      await root.write('kv/data/prod/mine', { data: { a: 'b' } });
      await root.write('kv/data/prod/deep/er/one', { data: { a: 'b' } });
      await setValues(root, 'prod', github, { clientId: 'id of prod', clientSecret: 'secret' });
      const { missing: lacks, unknown } = await parityOf(root, ['prod']);
      expect(lacks).toEqual([]);
      expect(unknown.map(({ path }) => path)).toEqual(['deep/er/one', 'mine']);
      await root.remove('kv/metadata/prod/mine');
      await root.remove('kv/metadata/prod/deep/er/one');
    });
  });

  test('a value that two environments share is found', async () => {
    const compared = await asRoot((root) => compareEnvironments(root, 'dev', 'prod'));
    expect(compared.filter(({ difference }) => difference !== 'other value')).toEqual([
      { path: 'api/session-key', key: 'previous', difference: 'only in the first' },
      { path: 'api/github', key: 'clientSecret', difference: 'same value' },
    ]);
  });

  test('a list tells owners and ages, and no value', async () => {
    const listed = await asRoot((root) => listSecrets(root, 'dev'));
    expect(listed.find(({ path }) => path === 'api/github')).toMatchObject({
      owner: 'api',
      readers: ['api'],
      keys: [
        { key: 'clientId', source: 'given', there: true },
        { key: 'clientSecret', source: 'given', there: true },
      ],
      changedAt: expect.any(Date),
    });
    expect(listed.every(({ use, rotation }) => use !== '' && rotation !== '')).toBe(true);
    const { password } = (await asRoot((root) => valuesOf(root, 'dev', 'valkey/user-api'))) as {
      password: string;
    };
    expect(JSON.stringify(listed)).not.toContain(password);
    const byOperator = await asRoot(async (root) => {
      const { auth } = await root.make('auth/token/create', {
        policies: ['operator'],
        no_default_policy: true,
      });
      return listSecrets(root.as(auth!.client_token), 'dev');
    });
    expect(byOperator).toEqual(listed);
  });

  test('a file .env is taken over; other values only when that is meant; again it changes nothing', async () => {
    const file = join(folder.path, '.env');
    writeFileSync(
      file,
      'GITHUB_CLIENT_ID="id"\nGITHUB_CLIENT_SECRET=another\nCACHE_URL=valkeys://api:long-enough@host:6379\n',
    );
    await asRoot(async (root) => {
      const before = await readStored(root, 'dev', 'api/github');
      const refused = await importEnv(root, 'dev', file).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'VAULT_SECRET_THERE', field: '--replace' });
      expect((refused as Error).message).toContain('api/github (clientSecret), valkey/user-api (password)');
      expect(await readStored(root, 'dev', 'api/github')).toEqual(before);

      const { changes } = await importEnv(root, 'dev', file, { replace: true });
      expect(changes.map(({ path, changed }) => [path, changed])).toEqual([
        ['api/github', ['clientSecret']],
        ['valkey/user-api', ['password', 'previous']],
      ]);
      const again = await importEnv(root, 'dev', file);
      expect(again.changes.flatMap(({ changed }) => changed)).toEqual([]);
    });
  });

  test('the bootstrap is told as the wrong server: it has no secrets', async () => {
    await expect(vaults.asRoot('bootstrap', requireStore)).rejects.toMatchObject({
      code: 'VAULT_KV_MISSING',
      command: 'homepage vault up primary --dry-run',
    });
    await asRoot(requireStore);
  });
});
