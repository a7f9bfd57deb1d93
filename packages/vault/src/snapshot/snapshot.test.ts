/** Snapshots of both real Vaults, put into blank ones; and everything that may be wrong with one. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLocation, storageLocation, type Storage } from '@homepage/platform';
import { makeFolder } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { freePort, startVault, type VaultProcess } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { Vault } from '../client/client.ts';
import { withRoot } from '../root-token.ts';
import { initialise, sealStatus, unseal, untilActive, type ServerKind } from '../server.ts';
import { listSnapshots, type Manifest } from './catalog.ts';
import { restoreSnapshot, type RestoreOptions } from './restore.ts';
import { takeSnapshot, type Transform } from './take.ts';

/** Reversible and nothing more: that age holds is proven with the commands. */
const scrambled: Transform = async function* (source) {
  for await (const chunk of source) yield chunk.map((byte) => byte ^ 0x5a);
};

describe.skipIf(missing('vault'))('snapshots of Vault', () => {
  let vaults: Vaults;
  let storage: Storage;
  const folder = makeFolder();
  const workFile = join(folder.path, 'work.json');
  const started: { remove(): Promise<void> }[] = [];
  beforeAll(async () => {
    vaults = await startVaults();
    storage = await openLocation(storageLocation(pathToFileURL(join(folder.path, 'target')).href)!);
  });
  afterAll(async () => {
    for (const part of started) await part.remove();
    await vaults.remove();
    folder.remove();
  });

  const take = (server: ServerKind, changes: { recipients?: string[] } = {}): Promise<Manifest> =>
    vaults.asRoot(server, (root) =>
      takeSnapshot(root, {
        server,
        storage,
        recipients: ['age1test'],
        encrypt: scrambled,
        now: new Date(),
        ...changes,
      }),
    );
  const restore = (
    vault: Vault,
    server: ServerKind,
    changes: Partial<RestoreOptions> = {},
  ): ReturnType<typeof restoreSnapshot> =>
    restoreSnapshot(vault, {
      server,
      storage,
      id: undefined,
      decrypt: () => scrambled,
      workFile,
      keys: undefined,
      confirm: async () => expect.fail('it asked about a blank Vault'),
      asOperator: async () => expect.fail('it signed in to a blank Vault'),
      ...changes,
    });
  /** A blank Vault, sealed by the bootstrap that there is. */
  async function blank(server: ServerKind): Promise<{ process: VaultProcess; client: Vault }> {
    const sealedBy = { address: vaults.bootstrap.process.address, tokenFile: vaults.sealTokenFile };
    const process = await startVault(vaults.authority, server === 'primary' ? { sealedBy } : {});
    started.push(process);
    return { process, client: new Vault({ address: process.address, ca: process.ca }) };
  }
  const fileOf = ({ server, id }: Manifest): string =>
    join(folder.path, 'target', 'vault', server, id, 'snapshot.age');

  test('of the primary: in a blank one secrets are read, certificates issued, services signed in', async () => {
    const { roleIdFile, secretIdFile } = await vaults.signInFiles('prod', 'backup');
    const manifest = await take('primary');
    expect(manifest).toMatchObject({ server: 'primary', recipients: ['age1test'] });
    expect(readFileSync(fileOf(manifest))).toHaveLength(manifest.bytes);

    const { client } = await blank('primary');
    expect(await restore(client, 'primary')).toEqual({
      id: manifest.id,
      takenAt: manifest.takenAt,
      blank: true,
      sealed: false,
      // Without keys nobody could look.
      rootTokens: null,
    });
    expect(existsSync(workFile)).toBe(false);
    const signedIn = await client.make('auth/approle/login', {
      role_id: readFileSync(roleIdFile, 'utf8'),
      secret_id: readFileSync(secretIdFile, 'utf8'),
    });
    const backup = client.as(signedIn.auth!.client_token);
    const site = (await backup.read('kv/data/prod/minio/site'))!.data!['data'];
    const same = await vaults.asRoot('primary', (root) => root.read('kv/data/prod/minio/site'));
    expect(site).toEqual(same!.data!['data']);
    const issued = await backup.make('pki-prod/issue/backup', { common_name: 'homepage-backup' });
    expect(issued.data!['certificate']).toMatch(/^-----BEGIN CERTIFICATE-----/);
    // Its recovery keys came along; those of the blank one are gone.
    await withRoot(client, vaults.primary.keys.slice(0, 2), async (root) => {
      expect(await root.list('sys/policies/acl')).toContain('prod-api');
    });
  });

  test('of the one primary: the first of three takes it, and the others join it (docs/scale.md)', async () => {
    await take('primary');
    const sealedBy = { address: vaults.bootstrap.process.address, tokenFile: vaults.sealTokenFile };
    const ports = [await freePort(), await freePort(), await freePort()];
    const addresses = ports.map((port) => `https://127.0.0.1:${port}`);
    const node = async (index: number): Promise<VaultProcess & { client: Vault }> => {
      const where = { name: `primary-${index}`, port: ports[index]!, addresses };
      const process = await startVault(vaults.authority, { sealedBy, node: where });
      started.push(process);
      return { ...process, client: new Vault({ address: process.address, ca: process.ca }) };
    };
    const first = await node(0);
    expect(await restore(first.client, 'primary')).toMatchObject({ blank: true, sealed: false });
    // Until then it talks Raft with a key of before, and tells those who join the one of the snapshot.
    await first.service.stop();
    await first.service.start();
    await untilActive(first.client);
    const others = [await node(1), await node(2)];
    await withRoot(first.client, vaults.primary.keys.slice(0, 2), async (root) => {
      type Members = { config: { servers: { node_id: string; voter: boolean }[] } };
      const voters = async (): Promise<string[]> => {
        const { data } = (await root.read('sys/storage/raft/configuration'))!;
        const { servers } = (data as Members).config;
        return servers.filter(({ voter }) => voter).map(({ node_id }) => node_id);
      };
      await expect
        .poll(async () => (await voters()).toSorted(), { timeout: 60_000, interval: 500 })
        .toEqual(['primary-0', 'primary-1', 'primary-2']);
      const same = await vaults.asRoot('primary', (old) => old.read('kv/data/prod/minio/site'));
      expect((await root.read('kv/data/prod/minio/site'))!.data!['data']).toEqual(same!.data!['data']);
    });
    for (const { client } of others) expect((await sealStatus(client)).sealed).toBe(false);
  }, 120_000);

  test('of the bootstrap: a blank one opens with its keys, and then opens the primary', async () => {
    const manifest = await take('bootstrap');
    const { client, process } = await blank('bootstrap');
    const sealed = await restore(client, 'bootstrap');
    expect(sealed).toMatchObject({ id: manifest.id, sealed: true });
    expect(await unseal(client, vaults.bootstrap.keys.slice(0, 2))).toBe(true);
    await untilActive(client);

    // A blank primary behind the blank bootstrap, each out of its snapshot.
    const primary = await startVault(vaults.authority, {
      sealedBy: { address: process.address, tokenFile: vaults.sealTokenFile },
    });
    started.push(primary);
    const asked = new Vault({ address: primary.address, ca: primary.ca });
    expect(await restore(asked, 'primary')).toMatchObject({ sealed: false });
    await primary.service.stop();
    await primary.service.start();
    await untilActive(asked);
    expect(await sealStatus(asked)).toMatchObject({ sealed: false, kind: 'primary' });
  });

  test('of the bootstrap, with its keys at hand, is open at once', async () => {
    const { client } = await blank('bootstrap');
    const keys = vaults.bootstrap.keys.slice(0, 2);
    expect(await restore(client, 'bootstrap', { keys })).toMatchObject({
      sealed: false,
      blank: true,
      // that it was taken with
      rootTokens: 1,
    });
  });

  test('written over the Vault that it is of, after it was confirmed; what came later is gone', async () => {
    await take('primary');
    await vaults.asRoot('primary', (root) => root.write('kv/data/dev/later', { data: { a: 'b' } }));
    const { client } = vaults.primary;
    const asOperator: RestoreOptions['asOperator'] = (work) => vaults.asRoot('primary', work);
    expect(await restore(client, 'primary', { asOperator, confirm: async () => false })).toBeUndefined();
    const later = (): Promise<unknown> => vaults.asRoot('primary', (root) => root.read('kv/data/dev/later'));
    expect(await later()).toBeDefined();
    expect(await restore(client, 'primary', { asOperator, confirm: async () => true })).toMatchObject({
      blank: false,
      sealed: false,
    });
    expect(await later()).toBeUndefined();
  });

  test('of a Vault with other keys is refused by one that has data', async () => {
    const other = await blank('bootstrap');
    const { keys, rootToken } = await initialise(other.client, 'bootstrap', { shares: 1, threshold: 1 });
    await unseal(other.client, keys);
    await untilActive(other.client);
    const refused = restore(other.client, 'bootstrap', {
      confirm: async () => true,
      asOperator: (work) => work(other.client.as(rootToken)),
    });
    await expect(refused).rejects.toMatchObject({ code: 'VAULT_SNAPSHOT_OTHER_KEYS' });
    expect(await sealStatus(other.client)).toMatchObject({ sealed: false });
  });

  test('a run that was cut off is run again and goes on', async () => {
    const { client } = await blank('primary');
    // Cut off in the middle of sending: Vault is set up then, and has nothing.
    let pass = 0;
    const cut: Transform = async function* (source) {
      const last = ++pass === 2;
      for await (const chunk of scrambled(source)) {
        if (last) throw new Error('killed');
        yield chunk;
      }
    };
    await expect(restore(client, 'primary', { decrypt: () => cut })).rejects.toThrow('killed');
    expect(await sealStatus(client)).toMatchObject({ initialised: true });
    expect(existsSync(workFile)).toBe(true);
    const left = readFileSync(workFile, 'utf8');
    expect(await restore(client, 'primary')).toMatchObject({ blank: true, sealed: false });
    // Cut off after it was sent, before the end: it is not sent twice.
    writeFileSync(workFile, left);
    expect(await restore(client, 'primary')).toMatchObject({ sealed: false });
    expect(existsSync(workFile)).toBe(false);
    // A file of some other Vault is no word for this one.
    writeFileSync(workFile, '{}');
    await expect(restore(client, 'primary')).rejects.toMatchObject({
      code: 'VAULT_RESTORE_CUT_OFF',
      field: workFile,
    });
    rmSync(workFile);
  });

  test('half a file, a flipped bit, and one of the other Vault are told before Vault is touched', async () => {
    const { client } = await blank('primary');
    const untouched = async (code: string, changes: Partial<RestoreOptions> = {}): Promise<void> => {
      await expect(restore(client, 'primary', changes)).rejects.toMatchObject({ code });
      expect(await sealStatus(client)).toMatchObject({ initialised: false });
    };
    const half = await take('primary');
    truncateSync(fileOf(half), half.bytes >> 1);
    await untouched('VAULT_SNAPSHOT_DAMAGED');
    const flipped = await take('primary');
    const bytes = readFileSync(fileOf(flipped));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(fileOf(flipped), bytes);
    await untouched('VAULT_SNAPSHOT_DAMAGED');

    const other = await take('bootstrap');
    await untouched('VAULT_SNAPSHOT_OTHER_SERVER', { id: other.id });
    await untouched('VAULT_SNAPSHOT_UNKNOWN', { id: '20260101T000000Z-00000000' });
    // Renamed, it says itself what it is.
    const { sha256, bytes: length } = other;
    const posing: Manifest = { ...flipped, sha256, bytes: length };
    const place = join(folder.path, 'target', 'vault', 'primary', flipped.id);
    writeFileSync(join(place, 'snapshot.age'), readFileSync(fileOf(other)));
    writeFileSync(join(place, 'manifest.json'), JSON.stringify(posing));
    await untouched('VAULT_SNAPSHOT_OTHER_SERVER', { id: flipped.id });
    // Both are whole files, and what they hold is none.
    const noise = randomBytes(5000);
    writeFileSync(join(place, 'snapshot.age'), noise);
    writeFileSync(
      join(place, 'manifest.json'),
      JSON.stringify({
        ...flipped,
        bytes: noise.length,
        sha256: createHash('sha256').update(noise).digest('hex'),
      }),
    );
    await untouched('VAULT_SNAPSHOT_DAMAGED', { id: flipped.id });
  });

  test('one that could not be finished is none, and leaves nothing behind', async () => {
    const before = await listSnapshots(storage, 'primary');
    const failing: Transform = async function* (source) {
      for await (const chunk of scrambled(source)) {
        yield chunk;
        throw new Error('cut');
      }
    };
    await expect(
      vaults.asRoot('primary', (root) =>
        takeSnapshot(root, {
          server: 'primary',
          storage,
          recipients: ['age1test'],
          encrypt: failing,
          now: new Date(),
        }),
      ),
    ).rejects.toThrow('cut');
    await expect(take('primary', { recipients: [] })).rejects.toMatchObject({ code: 'VAULT_SNAPSHOT_PLAIN' });
    const wrong = vaults.asRoot('bootstrap', (root) =>
      takeSnapshot(root, {
        server: 'primary',
        storage,
        recipients: ['age1test'],
        encrypt: scrambled,
        now: new Date(),
      }),
    );
    await expect(wrong).rejects.toMatchObject({ code: 'VAULT_OTHER_SERVER' });
    expect(await listSnapshots(storage, 'primary')).toEqual(before);
    const files = readdirSync(join(folder.path, 'target'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([]);
    expect(files.filter((file) => file.endsWith('snapshot.age'))).toHaveLength(
      before.length + (await listSnapshots(storage, 'bootstrap')).length,
    );
  });
});
