/** `homepage vault unseal --migrate` as an operator types it: to keys, without the bootstrap, and back; and what may go wrong in it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHomepage, type CommandResult } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { makeOwnFolder } from '@homepage/testkit/services';
import { startVaults, type Vaults, type VaultSide } from '@homepage/testkit/vaults';
import { untilActive } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import { processShell, type Shell } from '../../shell.ts';
import type { Result } from '../doctor.ts';
import { runJson } from '../test-content.ts';
import { openWithKeys } from './unseal.ts';

type Said = CommandResult & { json: Record<string, unknown> };

describe.skipIf(missing('vault'))('the seal of the primary', () => {
  const folder = makeOwnFolder('vault-migrate');
  const secrets: string[] = [];
  let vaults: Vaults;
  let primary: VaultSide;
  let bootstrap: VaultSide;

  beforeAll(async () => {
    vaults = await startVaults({ prepare: false });
    ({ primary, bootstrap } = vaults);
    secrets.push(...primary.keys, ...bootstrap.keys);
    writeKeys('keys', primary.keys.slice(0, 2));
    writeKeys('few-keys', [primary.keys[0]!, primary.keys[0]!]);
    writeKeys(
      'strange-keys',
      [7, 9].map((byte) => Buffer.alloc(33, byte).toString('base64')),
    );
  });
  afterAll(async () => {
    await vaults.remove();
    folder.remove();
  });

  const writeKeys = (name: string, keys: string[]): void =>
    writeFileSync(join(folder.path, name), `${keys.join('\n')}\n`, { mode: 0o600 });
  const vault = async (args: string[], { process } = primary): Promise<Said> => {
    const env = { VAULT_ADDR: process.address, VAULT_CACERT: process.caFile, VAULT_TOKEN: '' };
    const result = await runHomepage(['vault', ...args, '--json'], folder.path, env);
    for (const secret of secrets) expect(result.stdout + result.stderr).not.toContain(secret);
    return { ...result, json: JSON.parse(result.stdout) as Record<string, unknown> };
  };
  const keysOf = (name: string): string[] => ['--keys-file', join(folder.path, name)];
  const migrate = (to: string, keys: string, side = primary): Promise<Said> =>
    vault(['unseal', '--migrate', to, ...keysOf(keys), '--yes'], side);
  /** To keys, where a person is there who answers. */
  async function asked(answer: boolean): Promise<Outcome & { questions: string[] }> {
    const { address, caFile } = primary.process;
    const questions: string[] = [];
    const shell: Shell = {
      ...processShell({ json: false }),
      env: { VAULT_CACERT: caFile },
      interactive: true,
      async ask(question) {
        questions.push(question);
        return answer;
      },
    };
    const keysFile = join(folder.path, 'keys');
    return { ...(await openWithKeys(shell, { address, keysFile, migrate: 'shamir' })), questions };
  }
  const failed = (code: string, exit = 1): object => ({ code: exit, json: { error: { code } } });
  const restart = async ({ process: { service } } = primary): Promise<void> => {
    await service.kill();
    await service.start();
  };
  /** What doctor says of how the two open; the bootstrap is named and may be away. */
  const chainTold = async (): Promise<Result[]> => {
    const { json } = await runJson<{ checks: Result[] }>(['doctor'], folder.path, {
      PORT: '0',
      VAULT_ADDR: primary.process.address,
      VAULT_BOOTSTRAP_ADDR: bootstrap.process.address,
      VAULT_CACERT: primary.process.caFile,
      VAULT_TOKEN: '',
    });
    return json.checks.filter(({ name }) => name === 'Vault' || name === 'Vault seal chain');
  };
  const transit = (disabled = false): { address: string; tokenFile: string; disabled: boolean } => ({
    address: bootstrap.process.address,
    tokenFile: vaults.sealTokenFile,
    disabled,
  });

  test('stays where it is until the configuration says otherwise', async () => {
    expect(await vault(['status'])).toMatchObject({
      code: 0,
      json: { server: 'primary', seal: 'transit', migrating: false },
    });
    expect(await migrate('shamir', 'keys')).toMatchObject(failed('VAULT_SEAL_NOT_MOVING'));
    expect(await migrate('transit', 'keys')).toMatchObject({
      code: 0,
      json: { changed: false, move: 'already' },
    });
    expect(await migrate('keys', 'keys')).toMatchObject(failed('USAGE', 2));
    expect(await vault(['unseal', '--migrate', 'shamir', '--stay', ...keysOf('keys')])).toMatchObject(
      failed('USAGE', 2),
    );
    expect(await vault(['unseal', ...keysOf('keys')])).toMatchObject(failed('VAULT_OTHER_SERVER'));
  });

  test('is the one of the primary alone', async () => {
    expect(await migrate('transit', 'keys', bootstrap)).toMatchObject(failed('VAULT_OTHER_SERVER'));
    expect(await migrate('shamir', 'keys', bootstrap)).toMatchObject(failed('VAULT_OTHER_SERVER'));
    await restart(bootstrap);
    expect(await migrate('transit', 'keys', bootstrap)).toMatchObject(failed('VAULT_SEAL_NOT_MOVING'));
    expect(await migrate('shamir', 'keys', bootstrap)).toMatchObject(failed('VAULT_KEYS_WRONG'));
    await vaults.openBootstrap();
  });

  test('is moved to keys by a quorum of recovery keys, and by nothing else', async () => {
    primary.process.useSeal(transit(true));
    await restart();
    const waits = {
      code: 1,
      json: { server: 'primary', sealed: true, seal: 'shamir', migrating: true, progress: 0 },
    };
    expect(await vault(['status'])).toMatchObject(waits);
    expect(await vault(['unseal', ...keysOf('keys')])).toMatchObject(failed('VAULT_SEAL_MOVING'));
    const nobody = await vault(['unseal', '--migrate', 'shamir', ...keysOf('keys')]);
    expect(nobody).toMatchObject(failed('USAGE', 2));
    const refused = await asked(false);
    expect(refused).toMatchObject({ json: { changed: false }, text: 'Nothing was changed.' });
    expect(refused.questions).toEqual([
      expect.stringMatching(/^Its recovery keys become its unseal keys: .* 2 of the 3 .* Move the seal of /),
    ]);
    expect(await vault(['status'])).toMatchObject(waits);
    expect(await migrate('transit', 'keys')).toMatchObject(failed('VAULT_SEAL_OTHER_WAY'));
    expect(await migrate('shamir', 'strange-keys')).toMatchObject(failed('VAULT_KEYS_WRONG'));
    await bootstrap.process.service.kill();
    expect(await migrate('shamir', 'keys')).toMatchObject(failed('VAULT_SEAL_AWAY'));
    await bootstrap.process.service.start();
    await vaults.openBootstrap();
    expect(await migrate('shamir', 'few-keys')).toMatchObject(failed('VAULT_KEYS_FEW'));
    // One that was cut off after its first key.
    expect(await vault(['status'])).toMatchObject({ json: { ...waits.json, progress: 1 } });
    const agreed = await asked(true);
    expect(agreed).toMatchObject({ json: { changed: true, move: 'done', threshold: 2, shares: 3 } });
    expect(agreed.questions).toHaveLength(1);
    expect(await asked(false)).toMatchObject({ json: { changed: false, move: 'already' }, questions: [] });
    expect(await vault(['status'])).toMatchObject({
      code: 0,
      json: { server: 'primary', seal: 'shamir', migrating: false },
    });
  });

  test('of keys needs no bootstrap, and the commands of the primary know it still', async () => {
    await bootstrap.process.service.kill();
    primary.process.useSeal(undefined);
    await restart();
    expect(await vault(['up', 'primary', '--dry-run', ...keysOf('keys')])).toMatchObject({
      code: 1,
      json: {
        error: { code: 'VAULT_OTHER_SERVER', fix: expect.stringContaining('homepage vault unseal') },
      },
    });
    expect(await migrate('transit', 'keys')).toMatchObject(failed('VAULT_SEAL_NOT_MOVING'));
    expect(await migrate('shamir', 'strange-keys')).toMatchObject(failed('VAULT_KEYS_WRONG'));
    expect(await vault(['unseal', ...keysOf('strange-keys')])).toMatchObject(failed('VAULT_KEYS_WRONG'));
    const opened = await vault(['unseal', ...keysOf('keys')]);
    expect(opened).toMatchObject({ code: 0, json: { server: 'primary', changed: true } });
    await untilActive(primary.client);
    expect(await chainTold()).toMatchObject([
      {
        name: 'Vault',
        ok: true,
        detail: expect.stringMatching(/open; after a start it waits for 2 of 3 keys$/),
      },
      {
        name: 'Vault seal chain',
        ok: true,
        detail: expect.stringMatching(/^the primary opens with 2 of 3 keys of its own, on purpose/),
      },
    ]);
    expect(await vault(['up', 'primary', '--dry-run', ...keysOf('keys')])).toMatchObject({
      code: 0,
      json: { server: 'primary', dryRun: true },
    });
    expect(await vault(['up', 'bootstrap', '--dry-run', ...keysOf('keys')])).toMatchObject(
      failed('VAULT_OTHER_SERVER'),
    );
  });

  test('is moved back by the same keys, and then nobody has to open it', async () => {
    await bootstrap.process.service.start();
    await vaults.openBootstrap();
    primary.process.useSeal(transit());
    await restart();
    expect(await vault(['status'])).toMatchObject({
      code: 1,
      json: { server: 'primary', sealed: true, seal: 'transit', migrating: true },
    });
    expect(await migrate('shamir', 'keys')).toMatchObject(failed('VAULT_SEAL_OTHER_WAY'));
    expect(await migrate('transit', 'strange-keys')).toMatchObject(failed('VAULT_KEYS_WRONG'));
    await bootstrap.process.service.kill();
    // Vault took the keys before it asked the bootstrap.
    expect(await migrate('transit', 'keys')).toMatchObject(failed('VAULT_SEAL_UNMOVED'));
    await bootstrap.process.service.start();
    await vaults.openBootstrap();
    expect(await migrate('transit', 'keys')).toMatchObject(failed('VAULT_SEAL_UNMOVED'));
    await restart();
    expect(await migrate('transit', 'keys')).toMatchObject({
      code: 0,
      json: { changed: true, move: 'done' },
    });
    await restart();
    await expect
      .poll(async () => (await vault(['status'])).json)
      .toMatchObject({ sealed: false, seal: 'transit', migrating: false });
  });
});
