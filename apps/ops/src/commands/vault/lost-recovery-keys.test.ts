/** The recovery keys of the primary are lost: it goes on, and another one is made beside it, step by step as docs/vault.md says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '@homepage/platform';
import { runHomepage, type CommandResult } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { makeOwnFolder, startVault, type VaultProcess } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { sealStatus, Vault, withRoot } from '@homepage/vault';

describe.skipIf(missing('vault'))('lost recovery keys', () => {
  let vaults: Vaults;
  let second: VaultProcess;
  const folder = makeOwnFolder('lost-keys');
  const started: { remove(): Promise<void> | void }[] = [folder];
  beforeAll(async () => {
    vaults = await startVaults();
    started.push(vaults);
    await vaults.asRoot('primary', (root) =>
      root.write('kv/data/prod/api/github', { data: { clientId: 'id', clientSecret: 'a "secret"' } }),
    );
  });
  afterAll(async () => {
    for (const part of started.toReversed()) await part.remove();
  });

  const file = (name: string, text?: string): string => {
    const path = join(folder.path, name);
    if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const homepage = async ({ address, caFile }: VaultProcess, words: string[]): Promise<CommandResult> => {
    const env = { VAULT_ADDR: address, VAULT_CACERT: caFile };
    const result = await runHomepage(words, folder.path, env);
    expect({ words, ...result }).toMatchObject({ code: 0 });
    return result;
  };

  test('the primary opens itself after a restart: it never needed them', async () => {
    await vaults.primary.process.service.kill();
    await vaults.primary.process.service.start();
    await expect.poll(async () => (await sealStatus(vaults.primary.client)).sealed).toBe(false);
  });

  test('what services have is enough for a second primary, which has the same values', async () => {
    const [api, minio] = [await vaults.startAgent('prod', 'api'), await vaults.startAgent('prod', 'minio')];
    started.push(api, minio);
    const { storage, cache } = readSettings({ SECRETS_DIR: api.secrets });
    const github = JSON.parse(readFileSync(join(api.secrets, 'github.json'), 'utf8')) as Record<
      string,
      string
    >;
    const sessionKeys = readFileSync(join(api.secrets, 'session-key'), 'utf8').trim().split('\n');
    const env = file(
      'env',
      [
        `SESSION_KEY=${sessionKeys.join(',')}`,
        `GITHUB_CLIENT_ID=${github['clientId']}`,
        `GITHUB_CLIENT_SECRET='${github['clientSecret']}'`,
        `CACHE_URL=valkeys://api:${encodeURIComponent(cache!.password!)}@valkey:6379`,
        `STORAGE_URL=s3://${storage!.accessKey}:${storage!.secretKey}@homepage?endpoint=https://minio:9000`,
      ].join('\n'),
    );

    const sealToken = file('second-seal-token');
    const quorum = file('bootstrap-keys', vaults.bootstrap.keys.slice(0, 2).join('\n'));
    const { process: bootstrap, wanted } = vaults.bootstrap;
    await homepage(bootstrap, [
      ...['vault', 'up', 'bootstrap', '--keys-file', quorum, '--seal-token-file', sealToken],
      ...['--audit-log', wanted.auditLog],
    ]);
    second = await startVault(vaults.authority, {
      sealedBy: { address: bootstrap.address, tokenFile: sealToken },
    });
    started.push(second);
    const made = await homepage(second, ['vault', 'init', 'primary', '--json']);
    const { keys, threshold } = JSON.parse(made.stdout) as { keys: string[]; threshold: number };
    const recovery = keys.slice(0, threshold);
    const signIn = ['--keys-file', file('recovery-keys', recovery.join('\n'))];
    await homepage(second, [
      ...['vault', 'up', 'primary', '--environment', 'prod', '--audit-log', join(second.logs, 'audit.log')],
      ...signIn,
    ]);
    await homepage(second, ['secrets', 'import-env', env, '--environment', 'prod', '--replace', ...signIn]);
    for (const key of ['user', 'password']) {
      const value = join(minio.secrets, `root-${key}`);
      await homepage(second, [
        ...['secrets', 'set', 'minio/root', key, '--file', value, '--environment', 'prod'],
        ...signIn,
      ]);
    }
    await homepage(second, ['secrets', 'parity', '--environment', 'prod', ...signIn]);

    const client = new Vault({ address: second.address, ca: second.ca });
    started.push({ remove: () => client.close() });
    const valuesIn = async (root: Vault): Promise<unknown[]> =>
      Promise.all(
        ['api/session-key', 'api/github', 'valkey/user-api', 'minio/site', 'minio/root'].map(async (path) => {
          const { previous: _before, ...values } = (await root.read(`kv/data/prod/${path}`))!.data![
            'data'
          ] as Record<string, string>;
          return { path, values };
        }),
      );
    const before = await vaults.asRoot('primary', valuesIn);
    expect(before).toHaveLength(5);
    expect(await withRoot(client, recovery, valuesIn)).toEqual(before);
  });
});
