/** Both Vaults are lost with their disks; blank ones are filled from snapshots, which are whole and encrypted. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buffer } from 'node:stream/consumers';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { decryption, encryption } from '@homepage/backup';
import { openLocation, storageLocation, type Problem, type Storage } from '@homepage/platform';
import { startVault, type VaultProcess } from '@homepage/testkit/services';
import type { Vaults } from '@homepage/testkit/vaults';
import {
  restoreSnapshot,
  sealStatus,
  takeSnapshot,
  Vault,
  type ServerKind,
  type SnapshotManifest,
} from '@homepage/vault';
import { makeSmallDisk } from '../small-disk.ts';
import type { Act } from './scene.ts';

const SECRET = 'kv/data/prod/minio/site';
/** A snapshot of ours is larger than what is left of this disk. */
const SMALL_MEGABYTES = 1;

export const snapshotsRestore: Act = async ({ vaults, say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-drill-'));
  const started: VaultProcess[] = [];
  try {
    const place = await openLocation(storageLocation(pathToFileURL(join(folder, 'target')).href)!);
    const [right, wrong] = [await keyFile(folder, 'right'), await keyFile(folder, 'wrong')];
    const recipients = [right.recipient];
    const take = (server: ServerKind, storage = place): Promise<SnapshotManifest> =>
      vaults.asRoot(server, (root) =>
        takeSnapshot(root, {
          server,
          storage,
          recipients,
          encrypt: encryption(recipients),
          now: new Date(),
        }),
      );
    const blank = async (server: ServerKind, bootstrap?: VaultProcess): Promise<VaultProcess> => {
      const sealedBy = bootstrap && { address: bootstrap.address, tokenFile: vaults.sealTokenFile };
      const process = await startVault(vaults.authority, sealedBy ? { sealedBy } : {});
      started.push(process);
      return process;
    };
    const restore = (
      { address, ca }: VaultProcess,
      server: ServerKind,
      { identity = right.file, id }: { identity?: string; id?: string } = {},
    ): ReturnType<typeof restoreSnapshot> =>
      restoreSnapshot(new Vault({ address, ca }), {
        server,
        storage: place,
        id,
        decrypt: (of) => decryption(of, identity),
        workFile: join(folder, `${server}.json`),
        keys: server === 'bootstrap' ? vaults.bootstrap.keys.slice(0, 2) : undefined,
        confirm: () => Promise.reject(new Error('a blank Vault was taken for one with data')),
        asOperator: () => Promise.reject(new Error('a blank Vault was signed in to')),
      });

    say('taking snapshots …');
    const signIn = await vaults.signInFiles('prod', 'backup');
    const primary = await take('primary');
    const bootstrap = await take('bootstrap');
    const broken = [
      ...(await holdsNoSecret(vaults, place, primary)),
      ...(await expectFailure('a full disk', toFullDisk(take), 'DISK_FULL')),
    ];

    say('asking for what must be refused …');
    const lost = await blank('bootstrap');
    broken.push(
      ...(await expectFailure(
        'another key',
        restore(lost, 'bootstrap', { identity: wrong.file }),
        'BACKUP_WRONG_KEY',
      )),
      ...(await expectFailure(
        'a snapshot of the primary',
        restore(lost, 'bootstrap', { id: primary.id }),
        'VAULT_SNAPSHOT_OTHER_SERVER',
      )),
      ...(await halved(place, bootstrap, () =>
        expectFailure('half a file', restore(lost, 'bootstrap'), 'VAULT_SNAPSHOT_DAMAGED'),
      )),
    );
    if ((await sealStatus(new Vault(lost))).initialised)
      broken.push('what was refused changed a blank Vault');

    say('filling two blank Vaults …');
    const began = performance.now();
    await restore(lost, 'bootstrap');
    const above = await blank('primary', lost);
    await restore(above, 'primary');
    broken.push(...(await works(vaults, above, signIn)));
    const recoverySeconds = (performance.now() - began) / 1000;
    // And once more by itself: its seal is the restored bootstrap.
    await above.service.kill();
    await above.service.start();
    if ((await sealStatus(new Vault(above))).sealed)
      broken.push('after a restart the restored primary was closed');
    return {
      broken,
      recoverySeconds,
      detail: `From two blank servers to a secret read, a certificate issued and a service signed in: ${recoverySeconds.toFixed(1)} s. Another key, half a file, the other Vault's and a full disk are told by name, and change nothing.`,
    };
  } finally {
    for (const process of started.toReversed()) await process.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function keyFile(folder: string, name: string): Promise<{ file: string; recipient: string }> {
  const identity = await generateX25519Identity();
  const file = join(folder, `${name}.key`);
  writeFileSync(file, identity, { mode: 0o600 });
  return { file, recipient: await identityToRecipient(identity) };
}

async function expectFailure(what: string, work: Promise<unknown>, code: string): Promise<string[]> {
  const is = await work.then(
    () => 'success',
    (error: Problem) => error.code ?? error.message,
  );
  return is === code ? [] : [`${what} ended with ${is} instead of ${code}`];
}

async function toFullDisk(take: (server: ServerKind, to: Storage) => Promise<unknown>): Promise<unknown> {
  const disk = makeSmallDisk(SMALL_MEGABYTES);
  try {
    disk.fill();
    return await take('primary', await openLocation(storageLocation(pathToFileURL(disk.path).href)!));
  } finally {
    disk.remove();
  }
}

async function halved(
  storage: Storage,
  { server, id }: SnapshotManifest,
  work: () => Promise<string[]>,
): Promise<string[]> {
  const key = `vault/${server}/${id}/snapshot.age`;
  const whole = await buffer((await storage.get(key))!.body);
  await storage.put(key, whole.subarray(0, whole.length / 2));
  try {
    return await work();
  } finally {
    await storage.put(key, whole);
  }
}

async function holdsNoSecret(
  vaults: Vaults,
  storage: Storage,
  { server, id }: SnapshotManifest,
): Promise<string[]> {
  const stored = await buffer((await storage.get(`vault/${server}/${id}/snapshot.age`))!.body);
  const answer = await vaults.asRoot('primary', (root) => root.read(SECRET));
  const { secretKey } = answer!.data!['data'] as { secretKey: string };
  return stored.includes(secretKey) || !stored.includes('age-encryption.org/v1')
    ? ['a snapshot is stored as it is']
    : [];
}

/** With what the service had before: its role-id, its secret-id. */
async function works(
  vaults: Vaults,
  { address, ca }: VaultProcess,
  { roleIdFile, secretIdFile }: { roleIdFile: string; secretIdFile: string },
): Promise<string[]> {
  const nobody = new Vault({ address, ca });
  const { auth } = await nobody.make('auth/approle/login', {
    role_id: readFileSync(roleIdFile, 'utf8'),
    secret_id: readFileSync(secretIdFile, 'utf8'),
  });
  const service = nobody.as(auth!.client_token);
  const before = await vaults.asRoot('primary', (root) => root.read(SECRET));
  const after = await service.read(SECRET);
  const issued = await service.make('pki-prod/issue/backup', { common_name: 'homepage-backup' });
  return [
    ...(JSON.stringify(after?.data?.['data']) === JSON.stringify(before?.data?.['data'])
      ? []
      : ['a secret is another one after the restore']),
    ...(String(issued.data?.['certificate']).startsWith('-----BEGIN CERTIFICATE-----')
      ? []
      : ['no certificate was issued after the restore']),
  ];
}
