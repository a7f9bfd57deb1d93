/** A data folder on a file system of a few megabytes. Mounting one needs root, which CI has. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStorage } from '../storage/storage.ts';
import { openDatabase } from './open.ts';
import { OtherProcess, testTemplate } from './test-database.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount();
const FULL = { code: 'DISK_FULL', message: 'The disk that holds the data folder is full.' };

describe.skipIf(!canMount)('a full disk (needs root to mount one)', () => {
  let disk: string;
  let dataDir: string;
  let site: OtherProcess;

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'homepage-disk-'));
    dataDir = join(disk, 'data');
    site = new OtherProcess();
  });
  afterEach(async () => {
    await site.kill();
    run('umount', disk);
    rmSync(disk, { recursive: true });
  });

  test('without room for a database is named, and a start after that makes one', async () => {
    run('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk);
    const options = { dataDir, template: await testTemplate(), command: 'test', mode: 'own' } as const;
    await expect(openDatabase(options)).rejects.toMatchObject(FULL);
    run('mount', '-o', 'remount,size=100m', disk);
    const { close } = await openDatabase(options);
    await close();
  });

  test('keeps every acknowledged row when the database cannot grow', async () => {
    run('mount', '-t', 'tmpfs', '-o', 'size=120m', 'tmpfs', disk);
    await fillUntilItFails({ leave: 1 });
    expect(await site.query('select count(*)::int as rows from ledger')).toEqual([
      { rows: site.acknowledged.length },
    ]);
  });

  test('keeps every acknowledged row when the log cannot grow and the database gives up', async () => {
    run('mount', '-t', 'tmpfs', '-o', 'size=120m', 'tmpfs', disk);
    await fillUntilItFails({ leave: 15 });
    const { acknowledged } = site;
    await site.kill();
    site = new OtherProcess();
    const options = { dataDir, command: 'test', mode: 'own' } as const;
    await expect(site.open(options)).rejects.toMatchObject(FULL);
    run('mount', '-o', 'remount,size=200m', disk);
    await site.open(options);
    const stored = (await site.query('select number from ledger')).map(({ number }) => number);
    expect(acknowledged.filter((number) => !stored.includes(number))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(100);
  });

  test('is named when a picture does not fit, and leaves nothing half written', async () => {
    run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk);
    const storage = await openStorage({ dataDir });
    await storage.put('media/small', new Uint8Array(1000));
    await expect(storage.put('media/large', new Uint8Array(2_000_000))).rejects.toMatchObject(FULL);
    expect(await storage.has('media/large')).toBe(false);
    expect(await Array.fromAsync(storage.list(''))).toHaveLength(1);
    await storage.put('media/second', new Uint8Array(1000));
  });

  /** @param leave megabytes that stay free beside the database */
  async function fillUntilItFails({ leave }: { leave: number }): Promise<void> {
    await site.open({ dataDir, template: await testTemplate(), command: 'test', mode: 'own' });
    await site.query('create table ledger (number int primary key, text text)');
    await site.query('alter table ledger alter text set storage external');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'ballast'), new Uint8Array(bavail * bsize - leave * 1024 * 1024));
    await expect(site.writeForever()).rejects.toMatchObject({ code: '53100' });
  }
});

/** Root inside a container may still not be allowed to. */
function tryMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
    run('umount', folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
