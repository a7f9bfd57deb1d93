/** Servers of other versions, and backups of a release that is not there yet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { restoreBackup, runBackup } from '@homepage/backup';
import { openDatabase, openLocation, openStorage, type StorageLocation } from '@homepage/platform';
import type { Tables } from '@homepage/site';
import { changed } from './objects.ts';
import { codeIn, codeOf, expectCode, type Act } from './scene.ts';

/** The embedded database is a PostgreSQL of another version: out of the server into it, and back. */
export const otherServer: Act = async (scene) => {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-drill-'));
  const { template } = scene;
  const database = await openDatabase<Tables>({ dataDir: folder, template, command: 'drill', mode: 'own' });
  const storage = await openStorage({ dataDir: folder });
  const settings = { ...scene.settings, database: undefined, databaseOwner: undefined, dataDir: folder };
  const site = { settings, database, storage, program: 'drill' };
  const back = scene.at({ prefix: 'embedded' });
  try {
    const broken = expectCode(
      'the restore into the other one',
      await codeOf(
        restoreBackup({
          ...site,
          location: scene.target,
          choice: 'latest',
          template,
          safety: [],
          confirm: async () => true,
        }),
      ),
      'none',
    );
    const report = await runBackup({ ...site, targets: [back], reason: 'scheduled' });
    broken.push(...expectCode('the run there', codeIn(report), 'none'));
    broken.push(...expectCode('the restore back', await codeOf(scene.restore(back)), 'none'));
    const versions = [await versionIn(scene.target, scene.good), await versionIn(back, report.id)];
    if (new Set(versions).size === 1) broken.push(`both servers are of version ${versions[0]}`);
    return {
      broken,
      detail: `From PostgreSQL ${versions[0]} into ${versions[1]} and back; every row compared after each.`,
    };
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function versionIn(at: StorageLocation, id: string): Promise<string> {
  const storage = await openLocation(at);
  const text = (await buffer((await storage.get(`backups/${id}/manifest.json`))!.body)).toString();
  storage.close();
  return (JSON.parse(text) as { database: { version: string } }).database.version;
}

/** Without the newer program nobody can know what is in it. */
export const newerRelease: Act = async (scene) => {
  const broken: string[] = [];
  const newer: [from: string, to: string][] = [
    ['"format": 1', '"format": 2'],
    ['"migrations": [', '"migrations": [ "9999-of-tomorrow",'],
  ];
  for (const [from, to] of newer) {
    const written = (bytes: Buffer): Buffer => Buffer.from(bytes.toString().replace(from, to));
    await changed(scene.target, `backups/${scene.good}/manifest.json`, written, async () => {
      broken.push(...expectCode(`verify with ${to}`, await codeOf(scene.verify()), 'BACKUP_NEWER'));
      broken.push(...expectCode(`restore with ${to}`, await codeOf(scene.restore()), 'BACKUP_NEWER'));
    });
  }
  return {
    broken,
    detail: 'BACKUP_NEWER names what this release does not know, before anything is touched.',
  };
};
