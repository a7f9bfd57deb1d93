/** What pruning never removes, in a folder; and that in the bucket only its own key may remove at all. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, openLocation, storageLocation, type Storage } from '@homepage/platform';
import { makeFolder } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { assumeRole, startMinio } from '@homepage/testkit/services';
import type { ServerKind } from '../server.ts';
import { keyOf, listSnapshots, type Manifest } from './catalog.ts';
import { pruneSnapshots, type Pruned, type PruneOptions, type Snapshot } from './prune.ts';

const DAY = 24 * 3_600_000;
const now = new Date();

async function store(
  storage: Storage,
  server: ServerKind,
  daysAgo: number,
  changes: { manifest?: string | null; stored?: string } = {},
): Promise<string> {
  const id = newId(new Date(now.getTime() - daysAgo * DAY));
  const manifest = {
    format: 1,
    id,
    server,
    takenAt: now.toISOString(),
    version: '1.21.1',
    bytes: 6,
    sha256: '',
    recipients: ['age1test'],
  } satisfies Manifest;
  await storage.put(keyOf(server, id, 'snapshot.age'), Buffer.from(changes.stored ?? 'closed'));
  const { manifest: text = JSON.stringify(manifest) } = changes;
  if (text !== null) await storage.put(keyOf(server, id, 'manifest.json'), Buffer.from(text));
  return id;
}

const allButTheNewest = (history: Snapshot[]): string[] => history.slice(1).map(({ id }) => id);
const prune = (storage: Storage, changes: Partial<PruneOptions> = {}): Promise<Pruned[]> =>
  pruneSnapshots({ storage, choose: allButTheNewest, now, dryRun: false, ...changes });

describe('in a folder', () => {
  let storage: Storage;
  const folders: { remove(): void }[] = [];
  const ids = async (server: ServerKind): Promise<string[]> =>
    (await listSnapshots(storage, server)).map(({ id }) => id);
  beforeEach(async () => {
    const folder = makeFolder();
    folders.push(folder);
    storage = await openLocation(storageLocation(pathToFileURL(join(folder.path, 'target')).href)!);
  });
  afterAll(() => {
    for (const folder of folders) folder.remove();
  });
  const keys = async (): Promise<string[]> => {
    const all: string[] = [];
    for await (const { key } of storage.list('')) all.push(key);
    return all;
  };

  test('each Vault is judged by its own history', async () => {
    const primary = [await store(storage, 'primary', 1), await store(storage, 'primary', 30)];
    const bootstrap = await store(storage, 'bootstrap', 90);
    await storage.put('backups/mine/dump.sql.gz', Buffer.from('of the site'));
    const asked: Snapshot[][] = [];
    const choose = (history: Snapshot[]): string[] => {
      asked.push(history);
      return allButTheNewest(history);
    };
    const [ofPrimary, ofBootstrap] = await prune(storage, { choose });
    expect(asked.map((history) => history.map(({ id, whole }) => [id, whole]))).toEqual([
      primary.map((id) => [id, true]),
      [[bootstrap, true]],
    ]);
    expect(ofPrimary).toMatchObject({ server: 'primary', removed: [primary[1]], kept: 1, note: null });
    expect(ofPrimary!.bytes).toBeGreaterThan(100);
    expect(ofBootstrap).toMatchObject({ server: 'bootstrap', removed: [], kept: 1 });
    expect(await ids('primary')).toEqual([primary[0]]);
    expect(await ids('bootstrap')).toEqual([bootstrap]);
    expect(await keys()).toContain('backups/mine/dump.sql.gz');
  });

  test('a dry run says the same and removes nothing', async () => {
    for (const days of [1, 30, 60]) await store(storage, 'primary', days);
    const before = await keys();
    const dry = await prune(storage, { dryRun: true });
    expect(await keys()).toEqual(before);
    expect(dry[0]!.removed).toHaveLength(2);
    expect(await prune(storage)).toEqual(dry);
    expect(await prune(storage)).toMatchObject([{ removed: [], bytes: 0 }, {}]);
  });

  test('what it cannot read stays, and is named; what is no snapshot is not looked at', async () => {
    await store(storage, 'primary', 1);
    const strange = [
      await store(storage, 'primary', 40, { manifest: '{"format": 2}' }),
      await store(storage, 'primary', 50, { manifest: 'no JSON' }),
    ];
    await storage.put('vault/primary/notes/manifest.json', Buffer.from('{}'));
    const before = await keys();
    const [report] = await prune(storage, { choose: (history) => history.slice(1).map(({ id }) => id) });
    expect(report).toMatchObject({ removed: [], unreadable: strange, kept: 1 });
    expect(await keys()).toEqual(before);
  });

  test('one that is stored otherwise than its manifest says is not whole, and the newest is told', async () => {
    const cut = await store(storage, 'primary', 1, { stored: 'clos' });
    await store(storage, 'primary', 2);
    let asked: Snapshot[] = [];
    const [report] = await prune(storage, {
      choose(history) {
        if (history.length > 0) asked = history;
        return [];
      },
    });
    expect(asked.map(({ whole }) => whole)).toEqual([false, true]);
    expect(report!.note).toContain(cut);
  });

  test('what was never finished goes after a day; the rest of what was cut off while it was removed, too', async () => {
    await store(storage, 'primary', 1);
    const unfinished = await store(storage, 'primary', 30, { manifest: null });
    expect((await prune(storage))[0]).toMatchObject({ unfinished: [] });
    const later = await prune(storage, { now: new Date(now.getTime() + 2 * DAY) });
    expect(later[0]).toMatchObject({ unfinished: [unfinished], kept: 1 });
    expect((await keys()).filter((key) => key.includes(unfinished))).toEqual([]);
  });

  test('a removal that is cut off leaves no snapshot without its file', async () => {
    await store(storage, 'primary', 1);
    const old = await store(storage, 'primary', 30);
    const cut: Storage = Object.create(storage) as Storage;
    cut.remove = async (key) => {
      if (key.endsWith('snapshot.age')) throw new Error('cut off');
      await storage.remove(key);
    };
    await expect(prune(cut)).rejects.toThrow('cut off');
    expect(await ids('primary')).not.toContain(old);
    expect((await keys()).filter((key) => key.includes(old))).toEqual([
      keyOf('primary', old, 'snapshot.age'),
    ]);
  });
});

describe.skipIf(missing('minio'))('in the bucket', () => {
  test('the writer stores and removes none; the pruner removes and stores none', async () => {
    const minio = await startMinio({ bucket: 'homepage-backups' });
    const as = async (user: string): Promise<Storage> => {
      const policy = resolve(import.meta.dirname, `../../../../deploy/minio/backup-${user}.json`);
      const credentials = await assumeRole(minio.connection, readFileSync(policy, 'utf8'));
      const target = { ...minio.connection, ...credentials };
      return openLocation({ kind: 's3', name: user, prefix: '', target });
    };
    const [writer, pruner] = [await as('writer'), await as('pruner')];
    try {
      const newest = await store(writer, 'bootstrap', 1);
      const old = await store(writer, 'bootstrap', 30);
      await expect(prune(writer)).rejects.toMatchObject({ code: 'STORAGE_REFUSED' });
      expect(await listSnapshots(writer, 'bootstrap')).toMatchObject([{ id: newest }, { id: old }]);
      await expect(store(pruner, 'bootstrap', 2)).rejects.toMatchObject({ code: 'STORAGE_REFUSED' });
      expect((await prune(pruner))[1]).toMatchObject({ removed: [old], kept: 1 });
      expect(await listSnapshots(writer, 'bootstrap')).toMatchObject([{ id: newest }]);
    } finally {
      writer.close();
      pruner.close();
      await minio.remove();
    }
  });
});
