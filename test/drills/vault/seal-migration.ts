/** The bootstrap is left for good, and another one is taken: docs/vault.md, "Leaving the bootstrap, and coming back". */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { decryption, encryption } from '@homepage/backup';
import { openLocation, storageLocation, type Problem } from '@homepage/platform';
import { startVault, type TransitSeal, type VaultProcess } from '@homepage/testkit/services';
import {
  initialise,
  moveSeal,
  restoreSnapshot,
  sealStatus,
  takeSnapshot,
  unseal,
  untilActive,
  up,
  Vault,
  type Seal,
  type SnapshotManifest,
} from '@homepage/vault';
import type { Act, Scene } from './scene.ts';

/** After Vault got its last key. It begins some 20 ms later, and is done within 20 more. */
const KILLED_AFTER_MS = { short: [0, 5, 25], full: [0, 0, 5, 10, 15, 20, 25, 30] };
const STRANGE = [7, 9].map((byte) => Buffer.alloc(33, byte).toString('base64'));

export const sealMoves: Act = async (scene) => {
  const { vaults, load, say, length, startAgain, recovered } = scene;
  const { bootstrap, primary, sealTokenFile } = vaults;
  const keys = primary.keys.slice(0, 2);
  const broken: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'homepage-drill-'));
  const started: { remove(): Promise<void> }[] = [];
  const snapshots = await snapshotsIn(folder, scene);
  const old: TransitSeal = { address: bootstrap.process.address, tokenFile: sealTokenFile };
  const restart = async (): Promise<void> => {
    load.promised = false;
    await primary.process.service.kill();
    await startAgain(primary.process.service);
  };
  const works = async (): Promise<number> => {
    const seconds = await recovered();
    load.promised = true;
    await wait(500);
    return seconds;
  };
  const expectSeal = async (seal: Seal, sealed: boolean): Promise<void> => {
    const is = await sealStatus(primary.client);
    if (is.seal !== seal || is.sealed !== sealed || is.migrating || (!sealed && is.kind !== 'primary'))
      broken.push(`the primary says ${JSON.stringify(is)}, not ${seal}, ${sealed ? 'sealed' : 'open'}`);
  };
  let [killed, torn] = [0, 0];
  type Way = {
    from: TransitSeal | undefined;
    to: TransitSeal & { disabled?: boolean };
    before: SnapshotManifest;
  };
  const move = async (seal: Seal, { from, to, before }: Way): Promise<void> => {
    primary.process.useSeal(to);
    await restart();
    broken.push(...(await refused('wrong keys', moveSeal(primary.client, seal, STRANGE))));
    killed += await killedMidway(scene, KILLED_AFTER_MS[length]);
    try {
      await moveSeal(primary.client, seal, keys);
    } catch (error) {
      // These are the right keys: where Vault refuses them, it has written half of it, too.
      if (!['VAULT_SEAL_TORN', 'VAULT_KEYS_WRONG'].includes((error as Problem).code)) throw error;
      torn++;
      say('half of its seal is moved: the snapshot of before is put onto its empty disk …');
      await primary.process.service.kill();
      for (const part of readdirSync(primary.process.data))
        rmSync(join(primary.process.data, part), { recursive: true });
      primary.process.useSeal(from);
      await startAgain(primary.process.service);
      const is = await snapshots.restore(primary.process, before, keys);
      if (is !== 'open') broken.push(`the snapshot of before was put back: ${is}`);
      primary.process.useSeal(to);
      await restart();
      await moveSeal(primary.client, seal, keys);
    }
  };
  try {
    const before = await snapshots.take();

    say('the configuration says "disabled"; wrong keys, then the recovery keys …');
    await move('shamir', { from: old, to: { ...old, disabled: true }, before });
    await works();
    await expectSeal('shamir', false);

    say('the bootstrap and its disk are destroyed; the primary restarts without it …');
    primary.process.useSeal(undefined);
    await restart();
    await bootstrap.process.remove();
    await expectSeal('shamir', true);
    broken.push(...(await refused('wrong keys', unseal(primary.client, STRANGE))));
    const began = performance.now();
    await unseal(primary.client, keys);
    await works();
    const recoverySeconds = (performance.now() - began) / 1000;
    await expectSeal('shamir', false);
    const between = await snapshots.take();

    say('a bootstrap with a key of its own is set up; the primary moves to it …');
    const next = await anotherBootstrap(scene, join(folder, 'seal-token'));
    started.push(next);
    await move('transit', { from: undefined, to: next.seal, before: between });
    await works();
    await restart();
    const alone = await works();
    await expectSeal('transit', false);
    const after = await snapshots.take();

    say('each snapshot is put into a blank server …');
    const opens = async (manifest: SnapshotManifest, seal?: TransitSeal): Promise<string> => {
      const blank = await startVault(vaults.authority, { name: 'primary', ...(seal && { sealedBy: seal }) });
      started.push(blank);
      return snapshots.restore(blank, manifest, keys);
    };
    const expectOpens = async (
      wanted: string,
      what: string,
      ...[manifest, seal]: Parameters<typeof opens>
    ): Promise<void> => {
      const is = await opens(manifest, seal);
      if (is !== wanted) broken.push(`a snapshot of ${what}: ${is}, not ${wanted}`);
    };
    await expectOpens('open', 'between, with keys', between);
    await expectOpens('open', 'after, with the new bootstrap', after, next.seal);
    await expectOpens('VAULT_SNAPSHOT_OTHER_SEAL', 'before, with keys', before);
    await expectOpens('VAULT_SNAPSHOT_OTHER_SEAL', 'between, with the new bootstrap', between, next.seal);
    // Nobody can tell that it will not open before a minute has passed.
    if (length === 'full')
      await expectOpens(
        'VAULT_SNAPSHOT_OTHER_BOOTSTRAP',
        'before, with the new bootstrap',
        before,
        next.seal,
      );
    return {
      broken,
      recoverySeconds,
      detail:
        `Moved to keys by 2 of 3 recovery keys; its bootstrap destroyed with its disk, the primary opened with them after a restart ` +
        `(${recoverySeconds.toFixed(1)} s); back to the key of another bootstrap by the same keys, and after the next restart it opened itself ` +
        `(${alone.toFixed(1)} s). Wrong keys were refused each time. It was killed ${killed} times while it moved its seal: ` +
        `the same command went on, but for ${torn} times when Vault had written half of it, and the snapshot of before was put back. ` +
        'Snapshots: one of between opens with the unseal keys, one of after with the new bootstrap, one of before with the old bootstrap alone, which is gone here.',
    };
  } finally {
    for (const part of started.toReversed()) await part.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function refused(what: string, work: Promise<unknown>): Promise<string[]> {
  return work.then(
    () => [`${what} were taken`],
    ({ code, message }: Problem) => (code === 'VAULT_KEYS_WRONG' ? [] : [`${what}: ${message}`]),
  );
}

/** Vault gets its last key and is killed, again and again until the seal is moved. @returns how often */
async function killedMidway({ vaults, startAgain }: Scene, afterMs: number[]): Promise<number> {
  const { client, keys, process } = vaults.primary;
  const [first, last] = keys;
  let killed = 0;
  for (const ms of afterMs) {
    await client.write('sys/unseal', { reset: true });
    await client.make('sys/unseal', { key: first!, migrate: true });
    const moving = client.make('sys/unseal', { key: last!, migrate: true }).catch(() => undefined);
    await wait(ms);
    await process.service.kill();
    await moving;
    killed++;
    await startAgain(process.service);
    if (!(await sealStatus(client)).migrating) break;
  }
  return killed;
}

type Snapshots = {
  take(): Promise<SnapshotManifest>;
  /** @returns "open", "sealed", or the code of why not */
  restore(blank: VaultProcess, manifest: SnapshotManifest, keys: string[]): Promise<string>;
};

async function snapshotsIn(folder: string, { vaults }: Scene): Promise<Snapshots> {
  const storage = await openLocation(storageLocation(pathToFileURL(join(folder, 'target')).href)!);
  const identity = await generateX25519Identity();
  const identityFile = join(folder, 'snapshots.key');
  writeFileSync(identityFile, identity, { mode: 0o600 });
  const recipients = [await identityToRecipient(identity)];
  return {
    take: () =>
      vaults.asRoot('primary', (root) =>
        takeSnapshot(root, {
          server: 'primary',
          storage,
          recipients,
          encrypt: encryption(recipients),
          now: new Date(),
        }),
      ),
    async restore({ address, ca }, { id }, keys) {
      const client = new Vault({ address, ca });
      try {
        const restored = await restoreSnapshot(client, {
          server: 'primary',
          storage,
          id,
          decrypt: (of) => decryption(of, identityFile),
          workFile: join(folder, `${new URL(address).port}.json`),
          keys,
          confirm: () => Promise.reject(new Error('a blank Vault was taken for one with data')),
          asOperator: () => Promise.reject(new Error('a blank Vault was signed in to')),
        });
        return restored?.sealed ? 'sealed' : 'open';
      } catch (error) {
        const { code, message } = error as Problem;
        return code ?? message;
      } finally {
        client.close();
      }
    },
  };
}

/** Set up as any bootstrap is; its key has the name of the old one's, and is another. */
async function anotherBootstrap(
  { vaults }: Scene,
  sealTokenFile: string,
): Promise<{ seal: TransitSeal; remove(): Promise<void> }> {
  const process = await startVault(vaults.authority);
  const client = new Vault(process);
  const { keys, rootToken } = await initialise(client, 'bootstrap', { shares: 3, threshold: 2 });
  await unseal(client, keys.slice(0, 2));
  await untilActive(client);
  const root = client.as(rootToken);
  const auditLog = join(process.logs, 'audit.log');
  await up(root, { ...vaults.bootstrap.wanted, auditLog, sealTokenFile });
  await root.write('auth/token/revoke-self');
  client.close();
  return { seal: { address: process.address, tokenFile: sealTokenFile }, remove: () => process.remove() };
}
