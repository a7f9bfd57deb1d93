/** The embedded shape: a data folder, and a folder that backups go to. */
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mediaKey } from '@homepage/site';
import { makeFolder, openTestSite, type TestFolder, type TestSite } from '@homepage/testkit';
import { readCatalog } from './catalog.ts';
import { aloneInFolder } from './lock.ts';
import { listBackups } from './list.ts';
import { pruneBackups } from './prune.ts';
import { restoreBackup, type RestoreOptions } from './restore.ts';
import { runBackup, type RunReport } from './run.ts';
import { runScheduled } from './scheduled.ts';
import { targetStatus } from './status.ts';
import { withTarget } from './target.ts';
import { measureAll } from './throwaway.ts';
import { verifyBackup, type VerifyOptions } from './verify.ts';
import { addMessage, fill, flipByte, folderTarget, serve, settingsFor, template } from './test-backup.ts';

let site: TestSite;
let folder: TestFolder;
let prepared: string;

beforeAll(async () => {
  prepared = await template();
  site = await openTestSite();
  await fill(site);
});
afterAll(() => site.close());
beforeEach(() => {
  folder = makeFolder();
  return () => folder.remove();
});

const settings = (env: Record<string, string> = {}) => settingsFor(site.dataDir, env);
const target = () => folderTarget(join(folder.path, 'backups'));
const fileOf = (id: string, object: string): string => join(folder.path, 'backups/backups', id, object);

const run = (options: Partial<Parameters<typeof runBackup>[0]> = {}): Promise<RunReport> =>
  runBackup({
    settings: settings(),
    database: site,
    storage: site.storage,
    targets: [target()],
    reason: 'asked for',
    program: 'test',
    ...options,
  });

const verify = (options: Partial<VerifyOptions> = {}) =>
  verifyBackup({
    settings: settings(),
    location: target(),
    choice: 'latest',
    program: 'test',
    serve,
    template: prepared,
    ...options,
  });

const restore = (into: TestSite, options: Partial<RestoreOptions> = {}) =>
  restoreBackup({
    settings: settingsFor(into.dataDir),
    database: into,
    storage: into.storage,
    location: target(),
    choice: 'latest',
    program: 'test',
    template: prepared,
    safety: [target()],
    confirm: async () => true,
    ...options,
  });

const contentOf = async ({ db }: TestSite) =>
  (await measureAll(db)).filter(({ name }) => name !== 'content_version');

describe('a backup', () => {
  test('is proven by restoring, comparing and serving it', async () => {
    const { id, targets } = await run();
    expect(targets).toMatchObject([{ ok: true, media: { sent: 1, kept: 0, missing: [] } }]);
    expect(await targetStatus(target())).toMatchObject({
      backups: 1,
      lastVerifiedAt: null,
      restorable: null,
    });
    const report = await verify();
    expect(report).toMatchObject({ id, media: 1 });
    expect(report.pages).toBeGreaterThan(8);
    expect(await listBackups(target())).toMatchObject([
      { id, complete: true, verifiedAt: expect.any(Date) as Date },
    ]);
    expect(await targetStatus(target())).toMatchObject({ ok: true, restorable: { id }, failures: [] });
  });

  test('is restored over another site, which is backed up before', async () => {
    const { id } = await run();
    const other = await openTestSite();
    await addMessage(other.db, 'of the other one');
    const version = (await other.db.selectFrom('content_version').select('version').executeTakeFirstOrThrow())
      .version;
    const report = await restore(other);
    expect(report).toMatchObject({ id, media: 1 });
    expect(await contentOf(other)).toEqual(await contentOf(site));
    const { hash } = await site.db.selectFrom('media').select('hash').executeTakeFirstOrThrow();
    expect(await other.storage.has(mediaKey(hash))).toBe(true);
    const after = await other.db.selectFrom('content_version').select('version').executeTakeFirstOrThrow();
    expect(after.version).toBeGreaterThan(version);
    // New rows get numbers of their own.
    await addMessage(other.db, 'after');
    // And the way back.
    await restore(other, { choice: { id: report!.safetyBackup! } });
    const messages = await other.db.selectFrom('contact_messages').select('message').execute();
    expect(messages).toEqual([{ message: 'of the other one' }]);
    await other.close();
  });

  test('shows what it would change, and changes nothing without a yes', async () => {
    await run();
    const other = await openTestSite();
    const before = await measureAll(other.db);
    const previews: unknown[] = [];
    const answer = await restore(other, {
      confirm: async (preview) => {
        previews.push(preview);
        return false;
      },
    });
    expect(answer).toBeUndefined();
    expect(previews).toMatchObject([
      {
        empty: true,
        tables: expect.arrayContaining([{ name: 'entries', now: 0, backup: 3, same: false }]) as [],
      },
    ]);
    expect(await measureAll(other.db)).toEqual(before);
    await other.close();
  });

  test('a restore that is cut off has changed nothing, and runs again', async () => {
    await run();
    const other = await openTestSite();
    await addMessage(other.db, 'still here');
    const before = await measureAll(other.db);
    const cut = new Error('cut off');
    const cutAt = (stage: string) => (now: string) => {
      if (now === stage) throw cut;
    };
    for (const stage of ['media', 'comparing']) {
      await expect(restore(other, { onProgress: cutAt(stage) }), stage).rejects.toBe(cut);
      expect(await measureAll(other.db), stage).toEqual(before);
    }
    await restore(other, { safety: [], choice: { at: new Date() } });
    await other.close();
  });

  test('files that did not change are not sent again', async () => {
    await run();
    expect((await run()).targets).toMatchObject([{ media: { sent: 0, kept: 1 } }]);
  });

  test('a file that the site has lost, or holds with other bytes, does not hold up the rest, and is named', async () => {
    const own = await openTestSite();
    const { hash } = await fill(own);
    const file = join(own.dataDir, 'objects/media', hash);
    flipByte(file);
    const again = () => run({ database: own, storage: own.storage, settings: settingsFor(own.dataDir) });
    expect((await again()).targets).toMatchObject([{ ok: true, media: { missing: [hash] } }]);
    rmSync(file);
    expect((await again()).targets).toMatchObject([{ ok: true, media: { missing: [hash] } }]);
    expect(readdirSync(join(folder.path, 'backups/media/plain'))).toEqual([]);
    await own.close();
  });

  test('two targets: one that fails does not stop the other, and is told', async () => {
    writeFileSync(join(folder.path, 'a-file'), '');
    const broken = folderTarget(join(folder.path, 'a-file'));
    const { targets } = await run({ targets: [broken, target()] });
    expect(targets).toMatchObject([{ ok: false, error: { code: 'BACKUP_TARGET_FAILED' } }, { ok: true }]);
    expect(await listBackups(target())).toHaveLength(1);
  });

  test('two at once: one refuses and names the other', async () => {
    const held = Promise.withResolvers<void>();
    const first = aloneInFolder(site, 'homepage backup run', () => held.promise);
    await expect(run()).rejects.toMatchObject({
      code: 'BACKUP_RUNNING',
      message: expect.stringContaining(`process ${process.pid} (homepage backup run`) as string,
    });
    held.resolve();
    await first;
    await run();
  });

  test('without a target that has any, and for a time before the first, there is none', async () => {
    await expect(verify()).rejects.toMatchObject({ code: 'BACKUP_NONE' });
    const { id } = await run();
    await expect(verify({ choice: { at: new Date('2020-01-01') } })).rejects.toMatchObject({
      code: 'BACKUP_NOT_FOUND',
    });
    await expect(verify({ choice: { id: `${id}0` } })).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  });
});

describe('one flipped byte', () => {
  const objects: [name: string, file: (id: string) => string, code: string][] = [
    ['the dump', (id) => fileOf(id, 'dump.sql.gz'), 'BACKUP_DAMAGED'],
    ['the manifest', (id) => fileOf(id, 'manifest.json'), 'BACKUP_DAMAGED'],
  ];
  test.each(objects)(
    'in %s stops verify and restore before anything is touched',
    async (_name, file, code) => {
      const { id } = await run();
      flipByte(file(id), 0);
      await expect(verify()).rejects.toMatchObject({ code });
      const other = await openTestSite();
      const before = await measureAll(other.db);
      await expect(restore(other)).rejects.toMatchObject({ code });
      expect(await measureAll(other.db)).toEqual(before);
      expect(await targetStatus(target())).toMatchObject({
        restorable: null,
        failures: [{ stage: 'verify', code }],
      });
      await other.close();
    },
  );

  test('in a picture stops them too', async () => {
    await run();
    const media = join(folder.path, 'backups/media/plain');
    const [name] = readdirSync(media);
    flipByte(join(media, name!));
    await expect(verify()).rejects.toMatchObject({ code: 'BACKUP_DAMAGED', field: `media/plain/${name}` });
    const other = await openTestSite();
    const before = await measureAll(other.db);
    await expect(restore(other)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(await measureAll(other.db)).toEqual(before);
    expect(await other.storage.has(mediaKey(name!))).toBe(false);
    await other.close();
  });

  test('in what the manifest says of a table is a difference', async () => {
    const { id } = await run();
    const file = fileOf(id, 'manifest.json');
    const manifest = readFileSync(file, 'utf8').replace(/("name": "entries",\s+"rows": )3/, '$14');
    writeFileSync(file, manifest);
    await expect(verify()).rejects.toMatchObject({
      code: 'BACKUP_DIFFERS',
      message: `Restored, the backup ${id} has 3 rows of entries instead of 4.`,
    });
  });
});

test('a manifest that is cut off, or of a newer release, is no way into a restore', async () => {
  const { id } = await run();
  const file = fileOf(id, 'manifest.json');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.slice(0, -200));
  await expect(verify()).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  writeFileSync(file, whole.replace('"format": 1', '"format": 2'));
  await expect(verify()).rejects.toMatchObject({ code: 'BACKUP_NEWER' });
  writeFileSync(file, whole.replace('"0008-lists"', '"0008-lists", "9999-future"'));
  await expect(verify()).rejects.toMatchObject({
    code: 'BACKUP_NEWER',
    message: expect.stringContaining('9999-future') as string,
  });
});

describe('encrypted for a key of age', () => {
  test('it is read with that key alone, on a blank machine', async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    folder.write({ 'key.txt': `# created: today\n${identity}\n`, 'other.txt': await generateIdentity() });
    await run({ settings: settings({ BACKUP_RECIPIENTS: recipient }) });
    const raw = readdirSync(join(folder.path, 'backups'), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && !file.name.endsWith('.json'))
      .map((file) => readFileSync(join(file.parentPath, file.name)).subarray(0, 21).toString());
    expect(raw).toEqual(['age-encryption.org/v1', 'age-encryption.org/v1']);
    const blank = await openTestSite();
    const withKey = (key?: string) =>
      restore(blank, {
        settings: settingsFor(blank.dataDir, key ? { BACKUP_IDENTITY_FILE: join(folder.path, key) } : {}),
      });
    await expect(withKey()).rejects.toMatchObject({ code: 'BACKUP_IDENTITY_MISSING' });
    await expect(withKey('none.txt')).rejects.toMatchObject({ code: 'BACKUP_IDENTITY_MISSING' });
    await expect(withKey('other.txt')).rejects.toMatchObject({
      code: 'BACKUP_WRONG_KEY',
      fix: expect.stringContaining(recipient) as string,
    });
    await withKey('key.txt');
    expect(await contentOf(blank)).toEqual(await contentOf(site));
    await blank.close();
  });

  test('a key that is none is refused before anything is done', async () => {
    const env = { BACKUP_RECIPIENTS: `age1${'q'.repeat(58)}` };
    await expect(run({ settings: settings(env) })).rejects.toMatchObject({
      code: 'BACKUP_RECIPIENT_INVALID',
    });
  });
});

test('the schedule proves what is new, and once a week an older one, which may have decayed', async () => {
  const scheduled = (now: Date) =>
    runScheduled({
      settings: settings(),
      database: site,
      storage: site.storage,
      targets: [target()],
      program: 'test',
      serve,
      template: prepared,
      now,
    });
  const first = await scheduled(new Date());
  expect(first).toMatchObject({ run: { targets: [{ ok: true }] }, failed: [] });
  expect(first.verified.map(({ id }) => id)).toEqual([first.run!.id]);
  flipByte(fileOf(first.run!.id, 'dump.sql.gz'));
  const later = await scheduled(new Date(Date.now() + 2 * 86_400_000));
  expect(later.verified.map(({ id }) => id)).toEqual([later.run!.id]);
  expect(later.failed).toMatchObject([{ target: target().name, error: { code: 'BACKUP_DAMAGED' } }]);
});

describe('pruning', () => {
  const prune = (now = new Date(), dryRun = false) =>
    pruneBackups({ settings: settings(), location: target(), now, dryRun });
  const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

  test('removes what was never finished after a day, and files that no backup names, and nothing while it looks only', async () => {
    const { id } = await run();
    const orphan = `media/plain/${'0'.repeat(64)}`;
    await withTarget(target(), async (at) => {
      await at.put('backups/20260101T000000Z-00000000/dump.sql.gz', Buffer.from('half'));
      await at.put(orphan, Buffer.from('nobody'));
    });
    writeFileSync(join(folder.path, 'backups/media/plain/x.tmp'), 'cut off');
    expect(await prune()).toMatchObject({ backups: [], unfinished: [], media: 0 });
    expect(await prune(inDays(2), true)).toMatchObject({
      unfinished: ['20260101T000000Z-00000000'],
      media: 1,
    });
    expect(await prune(inDays(2))).toMatchObject({
      unfinished: ['20260101T000000Z-00000000'],
      uploads: 1,
      media: 1,
    });
    const { backups, unfinished } = await withTarget(target(), readCatalog);
    expect([backups.map((entry) => entry.id), unfinished]).toEqual([[id], []]);
    await verify();
  });

  /** In the middle of the run's sending of files, by the site's storage: what a new file is read with. */
  const during = (site: TestSite, act: () => Promise<void>): TestSite['storage'] => {
    const storage = Object.create(site.storage) as TestSite['storage'];
    storage.get = async (key) => {
      await act();
      return site.storage.get(key);
    };
    return storage;
  };
  /** A site with two files, the older of which lies in the target since long, and no backup names it. */
  const withOldFile = async (): Promise<{ own: TestSite; key: string }> => {
    const own = await openTestSite();
    const { hash: old } = await fill(own, 1);
    await fill(own, 2);
    const key = `media/plain/${old}`;
    await withTarget(target(), async (at) =>
      at.put(key, await buffer((await own.storage.get(mediaKey(old)))!.body)),
    );
    const long = new Date(Date.now() - 10 * 86_400_000);
    utimesSync(join(folder.path, 'backups', key), long, long);
    return { own, key };
  };

  test('takes no file that a run counts on which is not done yet', async () => {
    const { own, key } = await withOldFile();
    expect(await prune(new Date(), true)).toMatchObject({ media: 1 });
    const notes: (string | null)[] = [];
    const storage = during(own, async () => {
      const { media, note } = await prune();
      expect(media).toBe(0);
      notes.push(note);
    });
    const { id, targets } = await run({ database: own, storage, settings: settingsFor(own.dataDir) });
    expect(targets).toMatchObject([{ ok: true, error: null, media: { sent: 1, kept: 1 } }]);
    expect(notes).toEqual([expect.stringContaining(`${id} is being made`)]);
    expect(existsSync(join(folder.path, 'backups', key))).toBe(true);
    await verify();
    await own.close();
  });

  test('what a pruning takes that began before the run is sent again', async () => {
    const { own, key } = await withOldFile();
    const storage = during(own, () => withTarget(target(), (at) => at.remove(key)));
    const { targets } = await run({ database: own, storage, settings: settingsFor(own.dataDir) });
    expect(targets).toMatchObject([{ ok: true, media: { sent: 2, kept: 0 } }]);
    await verify();
    await own.close();
  });

  test('keeps every backup while the newest is not proven, and says why', async () => {
    const { id } = await run();
    expect(await prune(inDays(100))).toMatchObject({
      backups: [],
      note: expect.stringContaining(id) as string,
    });
  });

  test('removes no file while a manifest cannot be read', async () => {
    const { id } = await run();
    writeFileSync(fileOf(id, 'manifest.json'), '{');
    await withTarget(target(), (at) => at.put(`media/plain/${'0'.repeat(64)}`, Buffer.from('nobody')));
    expect(await prune(inDays(2))).toMatchObject({ media: 0 });
  });
});
