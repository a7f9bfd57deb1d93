/** The commands of `homepage vault` as an operator types them: the first set-up of both Vaults, and what may go wrong in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHomepage, type CommandResult } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority, makeOwnFolder, startVault, type VaultProcess } from '@homepage/testkit/services';

type Said = CommandResult & { json: Record<string, unknown> };

test('what is wrong is told before any Vault is asked', async () => {
  const nobody = { VAULT_ADDR: '', VAULT_CACERT: '', VAULT_TOKEN: '' };
  const told = async (args: string[], env = {}): Promise<[number | null, string]> => {
    const { code, stdout } = await runHomepage(['vault', ...args, '--json'], '/nowhere', {
      ...nobody,
      ...env,
    });
    return [code, (JSON.parse(stdout) as { error: { code: string } }).error.code];
  };
  const away = { VAULT_ADDR: 'https://127.0.0.1:1' };
  expect(await told(['status'])).toEqual([1, 'VAULT_ADDRESS_MISSING']);
  expect(await told(['status', '--address', 'http://vault:8200'])).toEqual([1, 'VAULT_ADDRESS_INVALID']);
  expect(await told(['status', '--ca', '/nowhere/ca.crt'], away)).toEqual([1, 'VAULT_CA_UNREADABLE']);
  expect(await told(['status'], away)).toEqual([1, 'VAULT_AWAY']);
  // Perhaps a primary whose bootstrap is closed.
  const { stderr } = await runHomepage(['vault', 'status'], '/nowhere', { ...nobody, ...away });
  expect(stderr).toContain('it probably waits for the bootstrap');
  expect(await told(['init', 'secondary'], away)).toEqual([2, 'USAGE']);
  expect(await told(['init', 'primary', '--shares', '3', '--threshold', '4'], away)).toEqual([2, 'USAGE']);
  expect(await told(['init', 'primary', '--shares', '3', '--threshold', '1'], away)).toEqual([2, 'USAGE']);
  expect(await told(['up', 'primary', '--environment', 'staging'], away)).toEqual([2, 'USAGE']);
  expect(await told(['init', 'primary', '--shares', '5', '--threshold', '2'], away)).toEqual([2, 'USAGE']);
  for (const command of [
    ['rotate', 'intermediate'],
    ['revoke', 'api', '--secret-id-file', 'x'],
  ])
    expect(await told([...command, '--environment', 'staging'], away)).toEqual([2, 'USAGE']);
  const people = ['--recipient', 'age1a', '--recipient', 'age1b'];
  expect(await told(['init', 'primary', '--shares', '1', ...people], away)).toEqual([2, 'USAGE']);
  expect(await told(['up', 'primary', '--network', 'nonsense', '--dry-run'], away)).toEqual([2, 'USAGE']);
  expect(await told(['up', 'primary', '--network', '10.0.0.0/33'], away)).toEqual([2, 'USAGE']);
  const twoLines = { ...away, VAULT_TOKEN: 'hvs.one\nhvs.two' };
  expect(await told(['up', 'primary'], twoLines)).toEqual([1, 'VAULT_TOKEN_INVALID']);
  const thief = ['revoke', 'api', '--environment', 'prod', '--secret-id-file', '/nodir/x'];
  expect(await told(thief, away)).toEqual([1, 'VAULT_FILE_UNWRITABLE']);
  expect(await told(['unseal', '--keys-file', '/nowhere/keys'], away)).toEqual([1, 'VAULT_KEYS_UNREADABLE']);
});

test.each([
  ['-----BEGIN AGE ENCRYPTED FILE-----\n', /is encrypted\./],
  ['age-encryption.org/v1\n', /is encrypted\./],
  ['a picture', /is no private key in PEM\./],
])('a root key that is %j is not given to Vault', async (text, message) => {
  const folder = makeOwnFolder('root-key');
  const file = join(folder.path, 'key');
  writeFileSync(file, text);
  const args = ['vault', 'rotate', 'intermediate', '--environment', 'prod', '--root-key-file', file];
  const { code, stderr } = await runHomepage(args, '/nowhere', { VAULT_ADDR: 'https://127.0.0.1:1' });
  folder.remove();
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  expect(stderr).toContain('with age first');
});

describe.skipIf(missing('vault'))('both Vaults', () => {
  const folder = makeOwnFolder('vault-commands');
  const file = (name: string): string => join(folder.path, name);
  const sealToken = file('seal-token');
  let bootstrap: VaultProcess;
  let primary: VaultProcess;
  let env: Record<string, string>;
  const secrets: string[] = [];

  beforeAll(async () => {
    bootstrap = await startVault(await makeAuthority());
    env = { VAULT_ADDR: bootstrap.address, VAULT_CACERT: bootstrap.caFile };
  });
  afterAll(async () => {
    await primary?.remove();
    await bootstrap.remove();
    folder.remove();
  });
  const vault = async (...args: string[]): Promise<Said> => {
    const result = await runHomepage(['vault', ...args, '--json'], folder.path, env);
    return { ...result, json: JSON.parse(result.stdout) as Record<string, unknown> };
  };
  const writeKeys = (name: string, keys: string[]): string => {
    secrets.push(...keys);
    writeFileSync(file(name), `${keys.join('\n')}\n`, { mode: 0o600 });
    return file(name);
  };

  test('an empty one says that it was never set up', async () => {
    expect(await vault('status')).toMatchObject({
      code: 1,
      json: { server: 'bootstrap', version: '1.21.1', initialised: false, sealed: true },
    });
    expect(await vault('up', 'bootstrap')).toMatchObject({
      code: 1,
      json: { error: { code: 'VAULT_NOT_INITIALISED', command: 'homepage vault init bootstrap' } },
    });
    expect(await vault('init', 'primary')).toMatchObject({
      code: 1,
      json: { error: { code: 'VAULT_OTHER_SERVER' } },
    });
    const byVariable = await runHomepage(['vault', 'init', 'bootstrap', '--json'], folder.path, {
      ...env,
      VAULT_RECIPIENTS: 'age1wrong',
    });
    expect(byVariable.stdout).toContain('VAULT_RECIPIENT_INVALID');
    expect(await vault('init', 'bootstrap', '--recipient', 'age1wrong')).toMatchObject({
      code: 1,
      json: { error: { code: 'VAULT_RECIPIENT_INVALID' } },
      stderr: expect.stringContaining('Whoever reads age1wrong has 2 keys or more: a quorum alone.'),
    });
  });

  test('the bootstrap’s keys are in files that only their owners read, and come once', async () => {
    const identities = await Promise.all([1, 2, 3].map(() => generateIdentity()));
    const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
    const args = [
      '--keys-folder',
      file('keys'),
      ...recipients.flatMap((recipient) => ['--recipient', recipient]),
    ];
    const { code, stdout, stderr, json } = await vault('init', 'bootstrap', ...args);
    expect([code, json['changed'], json['threshold']]).toEqual([0, true, 2]);
    const keys: string[] = [];
    for (const [at, path] of (json['keyFiles'] as string[]).entries()) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const decrypter = new Decrypter();
      decrypter.addIdentity(identities[at]!);
      const key = await decrypter.decrypt(armor.decode(readFileSync(path, 'utf8')), 'text');
      keys.push(key.trim());
    }
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(stdout + stderr).not.toContain(key);
    writeKeys('bootstrap-keys', keys.slice(0, 2));
    writeKeys('few-keys', keys.slice(0, 1));
    expect(await vault('init', 'bootstrap', ...args)).toMatchObject({ code: 0, json: { changed: false } });
    expect(await vault('status')).toMatchObject({ code: 0, json: { sealed: false } });
  });

  test('the bootstrap is brought to what it should be, once', async () => {
    const up = [
      'up',
      'bootstrap',
      '--audit-log',
      join(bootstrap.logs, 'audit.log'),
      '--seal-token-file',
      sealToken,
    ];
    expect(await vault(...up)).toMatchObject({ code: 1, json: { error: { code: 'VAULT_SIGN_IN_MISSING' } } });
    const few = await vault(...up, '--keys-file', file('few-keys'));
    expect(few).toMatchObject({ code: 1, json: { error: { code: 'VAULT_KEYS_FEW' } } });
    const keys = ['--keys-file', file('bootstrap-keys')];
    for (const place of ['/nodir/token', folder.path]) {
      const unwritable = await vault(...up.slice(0, 4), '--seal-token-file', place, ...keys);
      expect(unwritable).toMatchObject({ code: 1, json: { error: { code: 'VAULT_FILE_UNWRITABLE' } } });
    }
    const dry = await vault(...up, ...keys, '--dry-run');
    expect(dry).toMatchObject({ code: 0, json: { dryRun: true, changed: 0, unchanged: 0 } });
    const first = await vault(...up, ...keys);
    expect(first.json['steps']).toEqual(dry.json['steps']);
    expect(first.json['changed']).toBe(10);
    // A Secret has it as it is, and so has the variable of that Secret: nothing may follow it.
    const token = readFileSync(sealToken, 'utf8');
    expect(token).toMatch(/^\S+$/);
    secrets.push(token);
    expect(statSync(sealToken).mode & 0o777).toBe(0o600);
    expect(await vault(...up, ...keys)).toMatchObject({ code: 0, json: { changed: 0, steps: [] } });
    expect(readFileSync(sealToken, 'utf8').trim()).toBe(token);
    const status = await vault('status', '--seal-token-file', sealToken);
    const byVariable = await runHomepage(['vault', 'status', '--json'], folder.path, {
      ...env,
      VAULT_SEAL_TOKEN_FILE: sealToken,
    });
    expect(JSON.parse(byVariable.stdout)).toMatchObject({ sealToken: { ttl: expect.any(Number) as number } });
    expect(status).toMatchObject({ code: 0, json: { sealToken: { ttl: expect.any(Number) } } });
    // A token that is none is made anew.
    writeFileSync(sealToken, 'hvs.lost\n');
    expect(await vault('status', '--seal-token-file', sealToken)).toMatchObject({
      code: 1,
      json: { sealToken: null },
    });
    expect((await vault(...up, ...keys)).json['changed']).toBe(1);
    secrets.push(readFileSync(sealToken, 'utf8').trim());
  });

  test('sealed, it opens with enough of its keys and with nothing else', async () => {
    await bootstrap.service.kill();
    await bootstrap.service.start();
    expect(await vault('status')).toMatchObject({ code: 1, json: { sealed: true } });
    const unseal = (name: string): Promise<Said> => vault('unseal', '--keys-file', file(name));
    expect(await unseal('few-keys')).toMatchObject({ code: 1, json: { error: { code: 'VAULT_KEYS_FEW' } } });
    const other = Buffer.alloc(33, 7).toString('base64');
    writeKeys('strange-keys', [other, Buffer.alloc(33, 9).toString('base64')]);
    expect(await unseal('strange-keys')).toMatchObject({
      code: 1,
      json: { error: { code: 'VAULT_KEYS_WRONG' } },
    });
    expect(await unseal('bootstrap-keys')).toMatchObject({ code: 0, json: { changed: true } });
    expect(await unseal('bootstrap-keys')).toMatchObject({ code: 0, json: { changed: false } });
  });

  test('the unsealer beside it opens it after each restart', async () => {
    const bin = resolve(import.meta.dirname, '../../../bin/homepage.js');
    const args = [bin, 'vault', 'unseal', '--keys-file', file('bootstrap-keys'), '--stay'];
    const unsealer = spawn(process.execPath, args, {
      env: { ...process.env, ...env, OPS_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    unsealer.stderr.on('data', (data: Buffer) => (said += data.toString()));
    try {
      await expect.poll(() => said).toContain('The bootstrap is open.');
      const health = /http:\/\/\S+/.exec(said)![0];
      const readiness = async (): Promise<number> => (await fetch(health)).status;
      expect(await readiness()).toBe(200);
      expect((await fetch(health.replace('/readyz', '/livez'))).status).toBe(200);
      await bootstrap.service.kill();
      await expect.poll(readiness).toBe(503);
      await bootstrap.service.start();
      await expect.poll(async () => (await vault('status')).json['sealed']).toBe(false);
      await expect.poll(() => said).toContain('Opened the bootstrap.');
      await expect.poll(readiness).toBe(200);
    } finally {
      unsealer.kill('SIGTERM');
    }
    expect(await once(unsealer, 'exit')).toEqual([0, null]);
  });

  test('the primary opens itself, shows its recovery keys once, and is brought to what it should be', async () => {
    const sealedBy = { address: bootstrap.address, tokenFile: sealToken };
    primary = await startVault(await makeAuthority(), { sealedBy, sealAuthority: bootstrap.ca });
    env = { VAULT_ADDR: primary.address, VAULT_CACERT: primary.caFile };
    const shown = await runHomepage(['vault', 'init', 'primary', '--shares', '1'], folder.path, env);
    expect(shown.code).toBe(0);
    const key = /^ {2}(\S{40,})$/m.exec(shown.stdout)![1]!;
    expect(shown.stdout).toContain('They do not open it');
    const keys = ['--keys-file', writeKeys('primary-keys', [key])];
    const up = [
      'up',
      'primary',
      '--network',
      '127.0.0.0/8',
      '--audit-log',
      join(primary.logs, 'audit.log'),
      ...keys,
    ];
    const first = await vault(...up);
    expect([first.code, first.stderr.includes(key)]).toEqual([0, false]);
    expect(first.json['changed']).toBeGreaterThan(80);
    expect(await vault(...up, '--dry-run')).toMatchObject({ code: 0, json: { steps: [], unchanged: 132 } });
    const forNobody = { ...env, VAULT_ROOT_RECIPIENTS: 'age1wrong' };
    const refused = await runHomepage(['vault', ...up, '--json'], folder.path, forNobody);
    expect(refused.stdout).toContain('VAULT_RECIPIENT_INVALID');
    const text = await runHomepage(['vault', ...up], folder.path, env);
    expect(text.stdout).toMatch(
      /kv\/prod\/api\/github waits for you: clientId, clientSecret\n.*nothing was changed/,
    );
    expect(await vault('policy', 'test', ...keys)).toMatchObject({ code: 0, json: { roles: 40, wrong: [] } });
  });

  test('who is compromised signs in with a new secret-id alone, and is told what it knew', async () => {
    const secretId = file('secret-id');
    const revoke = [
      '--environment',
      'prod',
      '--secret-id-file',
      secretId,
      '--keys-file',
      file('primary-keys'),
    ];
    expect(await vault('revoke', 'backup', ...revoke)).toMatchObject({
      code: 0,
      json: { secretIds: 0, tokens: 0, known: [{ path: 'minio/site' }, { path: 'minio/backup-writer' }] },
    });
    const first = readFileSync(secretId, 'utf8');
    expect(statSync(secretId).mode & 0o777).toBe(0o600);
    const again = await vault('revoke', 'backup', ...revoke);
    expect(again).toMatchObject({ code: 0, json: { secretIds: 1 } });
    const second = readFileSync(secretId, 'utf8');
    expect(second).not.toBe(first);
    expect(again.stdout).not.toContain(second);
    expect(await vault('revoke', 'backups', ...revoke)).toMatchObject({
      code: 1,
      json: { error: { code: 'VAULT_SERVICE_UNKNOWN' } },
    });
    expect(await vault('revoke', 'backup')).toMatchObject({ code: 2, json: { error: { code: 'USAGE' } } });
  });

  test('what is wrong with the keys, the server or the authority is told; no secret is in any of it', async () => {
    const told = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr, json } = await vault(...args);
      expect(code).toBe(1);
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
      return (json['error'] as { code: string }).code;
    };
    expect(await told('up', 'primary', '--keys-file', file('strange-keys'))).toBe('VAULT_KEYS_WRONG');
    expect(await told('up', 'bootstrap', '--keys-file', file('primary-keys'))).toBe('VAULT_OTHER_SERVER');
    expect(await told('unseal', '--keys-file', file('bootstrap-keys'))).toBe('VAULT_OTHER_SERVER');
    expect(await told('status', '--ca', bootstrap.caFile)).toBe('VAULT_UNTRUSTED');
  });
});
