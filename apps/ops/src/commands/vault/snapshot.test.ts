/** Snapshots by the command line: encrypted for a key of age, and restored into a blank Vault with it alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { startVault, type VaultProcess } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { otherRootTokens, sealStatus, Vault, withRoot, type SnapshotManifest } from '@homepage/vault';
import { runJson } from '../test-content.ts';

type Answer = {
  error?: { code: string };
  targets?: { ok: boolean; snapshot: SnapshotManifest; snapshots: SnapshotManifest[] }[];
  [field: string]: unknown;
};

describe.skipIf(missing('vault'))('homepage vault snapshot and restore', () => {
  let vaults: Vaults;
  let keysFile: string;
  let recipient: string;
  const folder = makeFolder();
  const started: VaultProcess[] = [];
  const target = join(folder.path, 'target');
  const identity = (name: string): string => join(folder.path, `${name}.key`);
  beforeAll(async () => {
    vaults = await startVaults();
    keysFile = join(folder.path, 'keys');
    writeFileSync(keysFile, vaults.primary.keys.slice(0, 2).join('\n'));
    for (const name of ['wrong', 'right']) {
      const key = await generateX25519Identity();
      writeFileSync(identity(name), `# a comment, as age-keygen writes it\n${key}\n`, { mode: 0o600 });
      recipient = await identityToRecipient(key);
    }
  });
  afterAll(async () => {
    for (const process of started) await process.remove();
    await vaults.remove();
    folder.remove();
  });

  const run = async (
    { address, caFile }: VaultProcess,
    ...args: string[]
  ): Promise<{ code: number | null; json: Answer; stderr: string }> =>
    runJson<Answer>(['vault', ...args], folder.path, { VAULT_ADDR: address, VAULT_CACERT: caFile });
  const take = (...args: string[]): ReturnType<typeof run> =>
    run(vaults.primary.process, 'snapshot', 'primary', '--keys-file', keysFile, ...args);

  test('a snapshot is stored for its recipients alone, in each target', async () => {
    const second = join(folder.path, 'second');
    const { code, json } = await take(
      '--to',
      `file://${target}`,
      `file://${second}`,
      '--recipient',
      recipient,
    );
    expect(code).toBe(0);
    expect(json.targets).toMatchObject([
      { ok: true, snapshot: { server: 'primary', recipients: [recipient] } },
      { ok: true, snapshot: { server: 'primary' } },
    ]);
    const { id, bytes } = json.targets![0]!.snapshot;
    const stored = readFileSync(join(target, 'vault/primary', id, 'snapshot.age'));
    expect(stored).toHaveLength(bytes);
    expect(stored.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    const list = await run(vaults.primary.process, 'snapshots', '--from', `file://${target}`);
    expect(list.json.targets![0]!.snapshots.map((snapshot) => snapshot.id)).toEqual([id]);
  });

  test('one target that fails does not take the others with it', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    const { code, json } = await take(
      ...['--to', `file://${join(folder.path, 'file')}`, `file://${join(folder.path, 'third')}`],
      ...['--recipient', recipient],
    );
    expect([code, json.targets!.map(({ ok }) => ok)]).toEqual([1, [false, true]]);
  });

  test.each([
    ['without a recipient', [], 1, 'VAULT_SNAPSHOT_PLAIN'],
    ['for no key', ['--recipient', 'age1nothing'], 1, 'BACKUP_RECIPIENT_INVALID'],
  ])('nothing is stored %s', async (_name, args, code, expected) => {
    const before = await run(vaults.primary.process, 'snapshots', '--from', `file://${target}`);
    const result = await take('--to', `file://${target}`, ...args);
    expect([result.code, result.json.error!.code]).toEqual([code, expected]);
    expect(result.stderr).not.toContain('BACKUP_RECIPIENTS is');
    const after = await run(vaults.primary.process, 'snapshots', '--from', `file://${target}`);
    expect(after.json).toEqual(before.json);
  });

  test('a blank Vault takes it with the right key, and with no other', async () => {
    const sealedBy = { address: vaults.bootstrap.process.address, tokenFile: vaults.sealTokenFile };
    const blank = await startVault(vaults.authority, { sealedBy });
    started.push(blank);
    const restore = (...args: string[]): ReturnType<typeof run> =>
      run(blank, 'restore', 'primary', '--from', `file://${target}`, ...args);
    const client = new Vault(blank);
    for (const [args, code] of [
      [['--identity-file', identity('wrong')], 'BACKUP_WRONG_KEY'],
      [['--identity-file', identity('none')], 'BACKUP_IDENTITY_MISSING'],
      [[], 'BACKUP_IDENTITY_MISSING'],
    ] as const) {
      const { json } = await restore(...args);
      expect(json.error!.code).toBe(code);
      expect(await sealStatus(client)).toMatchObject({ initialised: false });
    }
    const done = await restore('--identity-file', identity('right'));
    expect([done.code, done.json]).toMatchObject([0, { restored: true, blank: true, sealed: false }]);

    // It has data now: nobody is there to be asked, and then somebody means it.
    const again = ['--identity-file', identity('right'), '--keys-file', keysFile];
    expect(await restore(...again)).toMatchObject({ code: 2, json: { error: { code: 'USAGE' } } });
    // That of the run that took the snapshot is alive in it, whoever restores it.
    const over = { restored: true, blank: false, rootTokens: 1 };
    expect((await restore(...again, '--yes')).json).toMatchObject(over);
    const left = await withRoot(client, vaults.primary.keys.slice(0, 2), otherRootTokens);
    expect(left).toEqual([]);
    client.close();
  });
});
