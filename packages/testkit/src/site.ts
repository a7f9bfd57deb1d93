/** A fresh, migrated embedded site in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Kysely } from 'kysely';
import { openDatabase, openStorage, type Storage } from '@homepage/platform';
import { prepareTemplate, type Tables } from '@homepage/site';

const repository = resolve(import.meta.dirname, '../../..');

export type TestSite = { db: Kysely<Tables>; storage: Storage; dataDir: string; close(): Promise<void> };

export async function openTestSite(): Promise<TestSite> {
  const template = await prepareTemplate(join(repository, '.cache'));
  const dataDir = mkdtempSync(join(tmpdir(), 'homepage-test-'));
  const database = await openDatabase<Tables>({ dataDir, template, command: 'test', mode: 'own' });
  return {
    db: database.db,
    storage: openStorage({ dataDir }),
    dataDir,
    async close() {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
