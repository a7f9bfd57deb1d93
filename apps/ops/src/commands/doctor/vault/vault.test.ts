/** What doctor says of real Vaults: that all is well, and each fault with its next command. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { startVault, type VaultProcess } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { identitiesIn, initialise, unseal, untilActive, up, Vault } from '@homepage/vault';
import type { Result } from '../../doctor.ts';
import { runJson } from '../../test-content.ts';

describe.skipIf(missing('vault'))('homepage doctor, where a Vault is named,', () => {
  let vaults: Vaults;
  let token: string;
  const folder = makeFolder();
  const started: VaultProcess[] = [];
  beforeAll(async () => {
    vaults = await startVaults();
    await vaults.asRoot('primary', async (root) => {
      for (const environment of ['dev', 'prod'])
        await root.write(`kv/data/${environment}/api/github`, {
          data: { clientId: environment, clientSecret: environment },
        });
    });
    await vaults.asRoot('primary', async (root) => {
      for (const { role } of ['dev', 'prod'].flatMap(identitiesIn))
        await root.make(`auth/approle/role/${role}/secret-id`);
    });
    token = await tokenWith('1h');
  });
  afterAll(async () => {
    for (const process of started) await process.remove();
    await vaults.remove();
    folder.remove();
  });

  const tokenWith = (ttl: string): Promise<string> =>
    vaults.asRoot('primary', async (root) => {
      const { auth } = await root.make('auth/token/create-orphan', {
        policies: ['operator'],
        no_default_policy: true,
        ttl,
        display_name: 'operator',
      });
      return auth!.client_token;
    });
  const both = (changes: Record<string, string> = {}): Record<string, string> => ({
    VAULT_ADDR: vaults.primary.process.address,
    VAULT_BOOTSTRAP_ADDR: vaults.bootstrap.process.address,
    VAULT_CACERT: vaults.primary.process.caFile,
    VAULT_SEAL_TOKEN_FILE: vaults.sealTokenFile,
    VAULT_TOKEN: token,
    ...changes,
  });
  async function examine(env: Record<string, string>): Promise<Result[]> {
    const { json, stderr } = await runJson<{ checks: Result[] }>(['doctor'], folder.path, {
      PORT: '0',
      ...env,
    });
    expect(JSON.stringify(json) + stderr).not.toContain(token);
    return json.checks.filter(({ name }) => name.startsWith('Vault'));
  }
  const failures = (results: Result[]): unknown[] =>
    results.filter(({ ok }) => !ok).map(({ name, code }) => [name, code]);
  const of = (results: Result[], name: string): Result => results.find((result) => result.name === name)!;

  test('says of each part that it is well', async () => {
    const results = await examine(both());
    expect(results.map(({ name }) => name)).toEqual([
      'Vault',
      'Vault bootstrap',
      'Vault seal chain',
      'Vault seal token',
      'Vault TLS',
      'Vault clock',
      'Vault token',
      'Vault audit',
      'Vault authorities',
      'Vault sign-ins',
      'Vault secrets',
      'Vault policies',
    ]);
    expect(failures(results)).toEqual([]);
    expect(of(results, 'Vault seal chain').detail).toBe(
      'the bootstrap opens with 2 of 3 keys, the primary through it',
    );
    expect(of(results, 'Vault audit').detail).toBe('file and stdout');
    expect(of(results, 'Vault authorities').detail).toMatch(/^dev: intermediate until \d{4}.*; prod: /);
  });

  test('the policy of an operator shows the plan, and neither changes a thing nor reads a value', async () => {
    const operator = new Vault({ ...vaults.primary.process, token });
    const report = await up(operator, vaults.primary.wanted, { dryRun: true });
    expect(report).toMatchObject({ work: [], missing: [] });
    for (const refused of [
      () => operator.read('kv/data/prod/api/github'),
      () => operator.write('kv/data/prod/api/github', { data: { clientId: 'mine' } }),
      () => operator.write('sys/policies/acl/operator', { policy: 'path "*" { capabilities = ["read"] }' }),
      () => operator.remove('sys/audit/file'),
      () => operator.make('auth/approle/role/prod-api/secret-id'),
      () => operator.make('pki-prod/issue/api', { common_name: 'api' }),
      () => operator.make('auth/token/create', {}),
    ])
      await expect(refused(), String(refused)).rejects.toMatchObject({ code: 'VAULT_DENIED' });
    operator.close();
  });

  test('an operator’s policy of the bootstrap does the same there, and does not use the key', async () => {
    const { process, wanted } = vaults.bootstrap;
    const made = await vaults.asRoot('bootstrap', (root) =>
      root.make('auth/token/create-orphan', {
        policies: ['operator'],
        no_default_policy: true,
        ttl: '1h',
        display_name: 'operator',
      }),
    );
    const operator = new Vault({ ...process, token: made.auth!.client_token });
    expect(await up(operator, wanted, { dryRun: true })).toMatchObject({ work: [], missing: [] });
    const { data } = (await operator.read('transit/keys/primary'))!;
    expect(data).toMatchObject({ exportable: false, allow_plaintext_backup: false });
    // Dates of its versions, and no material.
    expect(Object.values(data!['keys'] as object)).toEqual([expect.any(Number)]);
    for (const refused of [
      () => operator.make('transit/encrypt/primary', { plaintext: 'eA==' }),
      () => operator.make('transit/decrypt/primary', { ciphertext: 'vault:v1:x' }),
      () => operator.read('transit/export/encryption-key/primary'),
      () => operator.read('transit/backup/primary'),
      () => operator.write('transit/keys/primary/config', { deletion_allowed: true }),
      () => operator.make('transit/keys/primary/rotate', {}),
      () => operator.make('auth/approle/role/bootstrap-snapshot/secret-id'),
      () => operator.remove('transit/keys/primary'),
      () => operator.write('sys/policies/acl/operator', { policy: '' }),
      () => operator.remove('sys/audit/file'),
      () => operator.make('auth/token/create', {}),
    ])
      await expect(refused(), String(refused)).rejects.toMatchObject({ code: 'VAULT_DENIED' });
    operator.close();
  });

  test('names what somebody changed by hand, with the command that mends it', async () => {
    await vaults.asRoot('primary', async (root) => {
      await root.write('sys/policies/acl/prod-api', { policy: 'path "*" { capabilities = ["read"] }' });
      // The other one is left.
      await root.remove('sys/audit/file');
      await root.remove('kv/metadata/prod/api/github');
      await root.write('kv/data/prod/vault/unseal-key-1', { data: { key: 'a' } });
    });
    const results = await examine(both());
    expect(failures(results)).toEqual([
      ['Vault seal chain', 'VAULT_SEAL_LOOP'],
      ['Vault audit', 'VAULT_AUDIT_OFF'],
      ['Vault secrets', 'VAULT_SECRETS_MISSING'],
      ['Vault policies', 'VAULT_POLICIES_DIFFER'],
    ]);
    expect(of(results, 'Vault seal chain').detail).toContain('kv/prod/vault/unseal-key-1');
    expect(of(results, 'Vault audit').detail).toContain('lacks the audit device file');
    expect(of(results, 'Vault audit').command).toBe('homepage vault up primary --dry-run');
    expect(of(results, 'Vault secrets')).toMatchObject({
      detail: expect.stringContaining('prod api/github (clientId, clientSecret)'),
      command: 'homepage secrets parity',
    });
    expect(of(results, 'Vault policies').detail).toContain('policy prod-api (to change)');
    expect(of(results, 'Vault seal chain').command).toBe(
      'vault kv metadata delete kv/prod/vault/unseal-key-1',
    );
    await vaults.asRoot('primary', async (root) => {
      await root.remove('kv/metadata/prod/vault/unseal-key-1');
      await root.write('kv/data/prod/notes/misc', { data: { seal_token: 'a' } });
    });
    expect(of(await examine(both()), 'Vault seal chain').detail).toContain(
      'kv/prod/notes/misc, key seal_token,',
    );
    await vaults.asRoot('primary', (root) => root.remove('kv/metadata/prod/notes/misc'));
  });

  test('warns half a week before somebody could not sign in any more', async () => {
    const role = 'auth/approle/role/prod-api';
    const signIns = async (): Promise<Result> => of(await examine(both()), 'Vault sign-ins');
    expect((await signIns()).detail).toMatch(/^dev: \d\d, each good for 7\.0 days or more; prod: \d\d, /);
    const forget = (of: string): Promise<void> =>
      vaults.asRoot('primary', async (root) => {
        for (const secret_id_accessor of await root.list(`${of}/secret-id`))
          await root.write(`${of}/secret-id-accessor/destroy`, { secret_id_accessor });
      });
    await forget(role);
    expect(await signIns()).toMatchObject({
      code: 'VAULT_SIGN_INS_END',
      detail: 'What starts in prod cannot sign in: there is no secret-id for api.',
      command: 'homepage vault rotate secret-ids --help',
    });
    // The last three runs failed.
    await vaults.asRoot('primary', (root) => root.make(`${role}/secret-id`, { ttl: '83h' }));
    expect((await signIns()).detail).toMatch(/in prod for days; they end in 3\.[45] days: api\.$/);
    const another = 'auth/approle/role/prod-valkey';
    await forget(another);
    expect((await signIns()).detail).toMatch(
      /there is no secret-id for valkey\. .* end in 3\.[45] days: api\.$/,
    );
    await vaults.asRoot('primary', (root) => root.make(`${another}/secret-id`));
    await vaults.asRoot('primary', (root) => root.make(`${role}/secret-id`, { ttl: '85h' }));
    expect(await signIns()).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/; prod: \d\d, each good for 3\.5 days or more$/),
    });
  });

  test('names tokens that end, are none, or may do everything', async () => {
    const codeOf = async (name: string, changes: Record<string, string>): Promise<unknown> =>
      of(await examine(both(changes)), name).code;
    await vaults.asRoot('primary', async (root) => {
      expect(await codeOf('Vault token', { VAULT_TOKEN: root.token! })).toBe('VAULT_ROOT_TOKEN');
    });
    expect(await codeOf('Vault token', { VAULT_TOKEN: '' })).toBe('VAULT_SIGN_IN_MISSING');
    expect(await codeOf('Vault token', { VAULT_TOKEN: 'hvs.none' })).toBe('VAULT_TOKEN_REFUSED');
    const file = join(folder.path, 'seal-token');
    writeFileSync(file, 'hvs.none');
    expect(await codeOf('Vault seal token', { VAULT_SEAL_TOKEN_FILE: file })).toBe('VAULT_SEAL_TOKEN_WRONG');
    const results = await examine(both({ VAULT_TOKEN: '' }));
    expect(failures(results).slice(1)).toEqual(
      ['Vault audit', 'Vault authorities', 'Vault sign-ins', 'Vault secrets', 'Vault policies'].map(
        (name) => [name, 'NOT_CHECKED'],
      ),
    );
  });

  test('sees a circle: one Vault twice, or a certificate that comes from the primary itself', async () => {
    const { address } = vaults.bootstrap.process;
    const twice = await examine(both({ VAULT_ADDR: address }));
    expect([of(twice, 'Vault').code, of(twice, 'Vault seal chain').code]).toEqual([
      'VAULT_OTHER_SERVER',
      'VAULT_SEAL_UNCHAINED',
    ]);
    const above = await examine(both({ VAULT_BOOTSTRAP_ADDR: vaults.primary.process.address }));
    expect(of(above, 'Vault seal chain')).toMatchObject({
      code: 'VAULT_SEAL_LOOP',
      detail: expect.stringContaining('another Vault opens it'),
    });
    const other = await startVault(vaults.authority);
    started.push(other);
    const issued = await vaults.asRoot('primary', (root) =>
      root.make('pki-prod/issue/api', { common_name: 'localhost' }),
    );
    const {
      certificate,
      private_key: key,
      ca_chain: chain,
    } = issued.data as {
      certificate: string;
      private_key: string;
      ca_chain: string[];
    };
    other.useCertificate({ 'tls.crt': [certificate, ...chain].join('\n'), 'tls.key': `${key}\n` });
    other.service.reload();
    // Believed is not enough: who signed it needs an open primary.
    const caFile = join(folder.path, 'both.crt');
    writeFileSync(caFile, [vaults.authority.certificate, ...chain].join('\n'));
    const named = both({
      VAULT_BOOTSTRAP_ADDR: other.address.replace('127.0.0.1', 'localhost'),
      VAULT_CACERT: caFile,
    });
    await expect
      .poll(async () => of(await examine(named), 'Vault seal chain').detail)
      .toContain('the certificate of the bootstrap comes from the primary itself');
  });

  test('says what a closed bootstrap waits for, and looks on at the rest', async () => {
    const closed = await startVault(vaults.authority);
    started.push(closed);
    const named = both({ VAULT_BOOTSTRAP_ADDR: closed.address });
    expect(of(await examine(named), 'Vault bootstrap')).toMatchObject({
      code: 'VAULT_NOT_INITIALISED',
      command: 'homepage vault init bootstrap',
    });
    const client = new Vault(closed);
    const { keys } = await initialise(client, 'bootstrap', { shares: 1, threshold: 1 });
    const sealed = await examine(named);
    expect(of(sealed, 'Vault bootstrap')).toMatchObject({
      code: 'VAULT_SEALED',
      command: `homepage vault unseal --address ${closed.address} --keys-file <file>`,
    });
    expect(of(sealed, 'Vault seal token').code).toBe('NOT_CHECKED');
    expect(of(sealed, 'Vault')).toMatchObject({ ok: true });
    await unseal(client, keys);
    await untilActive(client);
    expect(of(await examine(named), 'Vault bootstrap')).toMatchObject({ ok: true });
    client.close();
  });

  test('a Vault that is away is told once', async () => {
    const results = await examine({
      VAULT_ADDR: 'https://127.0.0.1:1',
      VAULT_CACERT: vaults.primary.process.caFile,
    });
    expect(of(results, 'Vault').code).toBe('VAULT_AWAY');
    expect(new Set(results.slice(1).map(({ code }) => code))).toEqual(new Set(['NOT_CHECKED']));
  });
});
