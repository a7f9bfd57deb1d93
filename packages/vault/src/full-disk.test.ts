/** A Vault whose disk is full, of its data or of its audit log. Mounting a small one needs root, which CI has. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority, startVault, type VaultProcess } from '@homepage/testkit/services';
import { Vault } from './client/client.ts';
import { KeyFiles } from './keys.ts';
import { initialise, sealStatus, unseal, untilActive } from './server.ts';

const run = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** Root inside a container may still not be allowed to. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'homepage-disk-'));
  const can = run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder) && run('umount', folder);
  rmSync(folder, { recursive: true });
  return can;
}

describe.skipIf(missing('vault') || !canMount())('Vault with a full disk (needs root to mount one)', () => {
  const disk = mkdtempSync(join(tmpdir(), 'homepage-disk-'));
  const filler = join(disk, 'filler');
  let process: VaultProcess;
  let client: Vault;
  let root: Vault;
  let keys: string[];

  beforeAll(async () => {
    run('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk);
    for (const folder of ['data', 'audit']) mkdirSync(join(disk, folder));
    process = await startVault(await makeAuthority(), { disk: join(disk, 'data') });
    client = new Vault({ address: process.address, ca: process.ca });
    const made = await initialise(client, 'bootstrap', { shares: 1, threshold: 1 });
    keys = made.keys;
    await unseal(client, keys);
    await untilActive(client);
    root = client.as(made.rootToken);
    await root.write('sys/mounts/kv', { type: 'kv', options: { version: '1' } });
  });
  afterAll(async () => {
    client?.close();
    await process?.remove();
    run('umount', '--lazy', disk);
    rmSync(disk, { recursive: true, force: true });
  });

  /** @param room bytes that are left */
  function fill(room = 0): void {
    const left = (): number => {
      const { bavail, bsize } = statfsSync(disk);
      return bavail * bsize - room;
    };
    writeFileSync(filler, '');
    while (left() > 0) appendFileSync(filler, Buffer.alloc(Math.min(left(), 1024 * 1024)));
  }
  const free = (): void => rmSync(filler);
  const read = (name: string): ReturnType<Vault['ask']> =>
    root.ask('GET', `kv/${name}`, undefined, { again: false });
  const write = (name: string, value: string): ReturnType<Vault['ask']> =>
    root.ask('PUT', `kv/${name}`, { value }, { again: false });

  test('keys are not asked for where there is no room, and room that was found stays theirs', async () => {
    const recipient = await identityToRecipient(await generateIdentity());
    const place = join(disk, 'keys');
    mkdirSync(place);
    fill();
    expect(() => new KeyFiles(place, 'bootstrap', [recipient], 3)).toThrow(/ENOSPC/);
    expect(readdirSync(place)).toEqual([]);
    free();
    const files = new KeyFiles(place, 'bootstrap', [recipient], 3);
    fill();
    expect(await files.write(['one', 'two', 'three'])).toEqual([]);
    expect(readdirSync(place)).toEqual([1, 2, 3].map((at) => `bootstrap-key-${at}.age`));
    free();
  });

  test('of its audit log answers on through the other device; through none it refuses and says where to look', async () => {
    await write('audited', 'before');
    await root.write('sys/audit/stdout', { type: 'file', options: { file_path: 'stdout' } });
    await root.write('sys/audit/small', {
      type: 'file',
      options: { file_path: join(disk, 'audit', 'audit.log') },
    });
    fill();
    expect(await read('audited')).toMatchObject({ data: { value: 'before' } });
    // It is done, but the answer to it can be written nowhere any more.
    await root.remove('sys/audit/stdout').catch(() => {});
    await expect(read('audited')).rejects.toMatchObject({
      code: 'VAULT_FAILED',
      fix: expect.stringContaining('audit device'),
    });
    free();
    // Nobody restarts it.
    expect(await read('audited')).toMatchObject({ data: { value: 'before' } });
    await root.remove('sys/audit/small');
  });

  test('of its data refuses writes, says where to look, and has all that it acknowledged once there is room', async () => {
    const acknowledged: string[] = [];
    fill(512 * 1024);
    let refused: unknown;
    for (let number = 0; refused === undefined && number < 5000; number++) {
      await write(`row-${number}`, 'x'.repeat(2000)).then(
        () => acknowledged.push(`row-${number}`),
        (error: unknown) => (refused = error),
      );
    }
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(refused).toMatchObject({ code: expect.stringMatching(/^VAULT_(FAILED|AWAY|SEALED)$/) });
    free();
    const answers = (): Promise<boolean> =>
      sealStatus(client).then(
        () => true,
        () => false,
      );
    await expect.poll(async () => !process.service.running || (await answers())).toBe(true);
    // It may have ended itself: then it is started and opened as after any crash.
    if (!process.service.running) await process.service.start();
    if ((await sealStatus(client)).sealed) await unseal(client, keys);
    await untilActive(client);
    for (const name of acknowledged) expect(await read(name)).toBeDefined();
    // Once, and not again: the first write that there is room for is taken.
    await write('after', 'there is room');
    expect(await read('after')).toMatchObject({ data: { value: 'there is room' } });
  });
});
