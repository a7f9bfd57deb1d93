/** By the command line, as a person has it: the way of a backup from a running site to the same site elsewhere. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '@homepage/platform';
import { migrateTo, type Tables } from '@homepage/site';
import { makeFolder, runHomepage, startSite, type RunningSite, type TestFolder } from '@homepage/testkit';
import { post, runJson } from '../test-content.ts';

const PUBLIC_URL = 'https://same.example';

let folder: TestFolder;
let site: RunningSite;
let dataDir: string;
let target: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = makeFolder();
  dataDir = join(folder.path, 'data');
  target = join(folder.path, 'backups');
  env = { BACKUP_TO: `file://${target}`, PUBLIC_URL };
  site = await startSite({ dataDir, env });
});
afterAll(async () => {
  await site.stop();
  folder.remove();
});

type Platform = { backup: { lastVerifiedAt: string | null } };
const lastVerifiedAt = async (at: RunningSite): Promise<string | null> =>
  ((await (await fetch(`${at.address}/api/v1/platform`)).json()) as Platform).backup.lastVerifiedAt;

/** Everything that visitors and feed readers get: by address, as bytes. */
async function readEverything(at: RunningSite): Promise<Map<string, string>> {
  const sitemap = await (await fetch(`${at.address}/sitemap.xml`)).text();
  const addresses = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, loc]) => new URL(loc!).pathname);
  // That page is about the running system.
  const pages = addresses.filter((path) => path !== '/platform');
  const found = new Map<string, string>();
  const pictures = new Set<string>();
  const read = async (path: string): Promise<Buffer> => {
    const answer = await fetch(`${at.address}${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
    const bytes = Buffer.from(await answer.arrayBuffer());
    found.set(path, createHash('sha256').update(bytes).digest('hex'));
    return bytes;
  };
  for (const path of [...pages, '/rss.xml', '/atom.xml', '/feed.json', '/sitemap.xml']) {
    const text = (await read(path)).toString();
    for (const [media] of text.matchAll(/\/media\/[0-9a-f]{64}\/[\w.%-]+/g)) pictures.add(media);
  }
  expect(pictures.size).toBeGreaterThan(0);
  for (const path of pictures) await read(path);
  return found;
}

test('a site with a target backs itself up, proves it, and shows when that was', async () => {
  await expect.poll(() => lastVerifiedAt(site), { timeout: 60_000 }).not.toBeNull();
  const { json, code } = await runJson<{ restorable: { id: string } }>(['backup', 'status'], dataDir, env);
  expect({ code, json }).toMatchObject({ code: 0, json: { overdue: false, sameDisk: false } });
  expect(json.restorable.id).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  const metrics = await (await fetch(`${site.opsAddress}/metrics`)).text();
  for (const name of [
    'last_success_timestamp_seconds',
    'last_verified_timestamp_seconds',
    'size_bytes',
    'target_up',
  ])
    expect(metrics).toMatch(new RegExp(`^homepage_backup_${name}\\{target="file://[^"]+"\\} [1-9]`, 'm'));
  // Nothing is due now.
  const again = await runJson<{ run: null; verified: [] }>(['backup', 'run', '--scheduled'], dataDir, env);
  expect(again.json).toEqual({ run: null, verified: [], failed: [] });
});

test('status: nothing yet, and a job that died long ago', async () => {
  const elsewhere = join(folder.path, 'status');
  const status = () => runHomepage(['backup', 'status'], dataDir, { BACKUP_TO: `file://${elsewhere}` });
  expect(await status()).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^This site could not be restored right now: no backup of it was ever/,
    ) as string,
  });
  const [id] = readdirSync(join(target, 'backups'));
  cpSync(join(target, 'backups', id!), join(elsewhere, 'backups/20260101T060000Z-00000000'), {
    recursive: true,
  });
  expect(await status()).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^This site could be restored right now, to 2026-01-01 06:00 UTC \(\d+ days ago\), from .*\. That is too old: look why/,
    ) as string,
  });
});

test('the whole site is made again out of a backup: pages, feeds and pictures are the same bytes', async () => {
  const elsewhere = join(folder.path, 'elsewhere');
  await runHomepage(['backup', 'run'], dataDir, env);
  const { code, json } = await runJson<{ seconds: number; recoveryPoint: string }>(
    ['rebuild', '--from', `file://${target}`],
    elsewhere,
  );
  expect(code).toBe(0);
  expect(Date.parse(json.recoveryPoint)).toBeGreaterThan(Date.now() - 600_000);
  const again = await startSite({ dataDir: elsewhere, env: { PUBLIC_URL } });
  expect(await readEverything(again)).toEqual(await readEverything(site));
  const refused = await runJson<{ error: { code: string } }>(
    ['rebuild', '--from', `file://${target}`],
    elsewhere,
  );
  expect([refused.code, refused.json.error.code]).toEqual([1, 'REBUILD_NOT_EMPTY']);
  await again.stop();
});

test('a restore while the site runs: what was written is gone, visitors see it at once, and it can be taken back', async () => {
  const first = (await runJson<{ id: string }>(['backup', 'run'], dataDir, env)).json.id;
  folder.write({ 'content/posts/mine.md': post('Mine') });
  await runHomepage(['sample', 'remove', '--yes'], dataDir);
  await runHomepage(['import', join(folder.path, 'content')], dataDir);
  const posts = async (): Promise<number> =>
    ((await (await fetch(`${site.address}/api/v1/posts`)).json()) as { items: [] }).items.length;
  await expect.poll(posts).toBe(1);
  const looked = await runJson<{ preview: object }>(['backup', 'restore', first, '--dry-run'], dataDir, env);
  expect(looked.json).toMatchObject({ dryRun: true, restored: false, preview: { id: first } });
  expect(await posts()).toBe(1);
  const asked = await runHomepage(['backup', 'restore', first], dataDir, env);
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') as string });
  const { code, json } = await runJson<{ safetyBackup: string }>(
    ['backup', 'restore', first, '--yes'],
    dataDir,
    env,
  );
  expect(code).toBe(0);
  await expect.poll(posts).toBeGreaterThan(3);
  const back = ['backup', 'restore', json.safetyBackup, '--yes', '--no-safety-backup'];
  expect((await runHomepage(back, dataDir, env)).code).toBe(0);
  await expect.poll(posts).toBe(1);
});

describe('before an embedded schema changes', () => {
  let madeOnce: TestFolder;
  beforeAll(async () => {
    madeOnce = makeFolder();
    const database = await openDatabase<Tables>({ dataDir: madeOnce.path, command: 'test', mode: 'own' });
    await migrateTo(database.db, '0007-animated');
    await database.close();
  });
  afterAll(() => madeOnce.remove());
  const older = (): string => {
    const own = makeFolder();
    cpSync(join(madeOnce.path, 'database'), join(own.path, 'database'), { recursive: true });
    return own.path;
  };

  test('the site is backed up', async () => {
    const own = older();
    expect((await runHomepage(['migrate'], own)).code).toBe(0);
    const [id] = readdirSync(join(own, 'backups/backups'));
    const manifest = readFileSync(join(own, 'backups/backups', id!, 'manifest.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ reason: 'before a migration' });
    // An old one is restored into the schema that it had, then brought up to this release.
    const restored = await runJson(['rebuild', '--from', `file://${own}/backups`], `${own}-new`);
    expect(restored.code).toBe(0);
    for (const path of [own, `${own}-new`]) rmSync(path, { recursive: true });
  });

  test('when that fails, it does not change', async () => {
    const own = older();
    writeFileSync(join(own, 'backups'), 'in its place');
    const { code, json } = await runJson<{ error: { code: string } }>(['migrate'], own);
    expect([code, json.error.code]).toEqual([1, 'BACKUP_TARGET_FAILED']);
    const pending = await runJson<{ pending: string[] }>(['migrate', '--dry-run'], own);
    expect(pending.json.pending).toEqual(['0008-lists']);
    rmSync(own, { recursive: true });
  });
});

test('what is no target, no time or no backup is wrong use, and leaves nothing behind', async () => {
  const nowhere = join(folder.path, 'nowhere');
  for (const args of [
    ['backup', 'list', '--from', 'ftp://host/a'],
    ['backup', 'run', '--to', 's3://bucket'],
    ['backup', 'restore', '--at', 'yesterday', '--yes'],
    ['backup', 'run', '--dry-run', '--scheduled'],
    ['rebuild'],
  ])
    expect([args, (await runHomepage(args, nowhere)).code]).toEqual([args, 2]);
  const nothing = await runJson<{ error: { code: string } }>(['backup', 'run'], nowhere);
  expect([nothing.code, nothing.json.error.code]).toEqual([1, 'BACKUP_NOTHING_THERE']);
  expect(existsSync(nowhere)).toBe(false);
});
