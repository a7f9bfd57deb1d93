/** A fresh, migrated site: embedded in a temporary folder, or a database and a part of the bucket on real servers. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { openCache, openDatabase, openStorage, type Cache, type Storage } from '@homepage/platform';
import { prepareTemplate, type Tables } from '@homepage/site';
import { cacheFor, serverFor, sharedPlatform } from './platform.ts';

const repository = resolve(import.meta.dirname, '../../..');

export type TestSite = {
  db: Kysely<Tables>;
  kind: 'pglite' | 'postgresql';
  storage: Storage;
  cache: Cache;
  dataDir: string;
  close(): Promise<void>;
};

export async function openTestSite(): Promise<TestSite> {
  return sharedPlatform() ? openOnServers(sharedPlatform()!) : openEmbedded();
}

async function openEmbedded(): Promise<TestSite> {
  const template = await prepareTemplate(join(repository, '.cache'));
  const dataDir = mkdtempSync(join(tmpdir(), 'homepage-test-'));
  const database = await openDatabase<Tables>({ dataDir, template, command: 'test', mode: 'own' });
  return {
    db: database.db,
    kind: 'pglite',
    storage: await openStorage({ dataDir }),
    cache: await openCache({}),
    dataDir,
    async close() {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function openOnServers(shared: NonNullable<ReturnType<typeof sharedPlatform>>): Promise<TestSite> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'homepage-test-'));
  const asOwner = async (statement: string): Promise<void> => {
    const server = serverFor(shared, 'postgres', 'owner');
    const owner = await openDatabase({ server, dataDir, command: 'test', mode: 'share' });
    await sql
      .raw(statement)
      .execute(owner.db)
      .finally(() => owner.close());
  };
  await asOwner(`create database ${name} template homepage`);
  // The role that the API has: what needs more rights than that fails here.
  const server = serverFor(shared, name, 'app');
  const database = await openDatabase<Tables>({ server, dataDir, command: 'test', mode: 'own' });
  const storage = below(name.replace('_', ''), await openStorage({ dataDir, storage: shared.storage }));
  const cache = apart(name, await openCache({ cache: cacheFor(shared) }));
  return {
    db: database.db,
    kind: 'postgresql',
    storage,
    cache,
    dataDir,
    async close() {
      await database.close();
      await cache.close();
      for await (const { key } of storage.list('')) await storage.remove(key);
      storage.close();
      await patiently(() => asOwner(`drop database ${name} (force)`));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The server's own vacuum may be at work in a database, and the owner must not end that. It is done in a moment. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}

/** One bucket for all tests: each has its own beginning of keys. */
function below(prefix: string, storage: Storage): Storage {
  const at = (key: string): string => `${prefix}/${key}`;
  return {
    ...storage,
    put: (key, body) => storage.put(at(key), body),
    get: (key, range) => storage.get(at(key), range),
    has: (key) => storage.has(at(key)),
    remove: (key) => storage.remove(at(key)),
    async *list(start) {
      for await (const object of storage.list(at(start)))
        yield { ...object, key: object.key.slice(prefix.length + 1) };
    },
  };
}

/** One Valkey for all tests: what one of them counts and keeps is none of the others' business. */
function apart(prefix: string, cache: Cache): Cache {
  const at = (key: string): string => `${prefix}:${key}`;
  return {
    ...cache,
    get: (key) => cache.get(at(key)),
    put: (key, value, seconds) => cache.put(at(key), value, seconds),
    remove: (key) => cache.remove(at(key)),
    claim: (key, seconds) => cache.claim(at(key), seconds),
    count: (key, seconds) => cache.count(at(key), seconds),
    announce: (channel) => cache.announce(at(channel)),
    listen: (channel, listener) => cache.listen(at(channel), listener),
    status: (channel) => cache.status(at(channel)),
  };
}
