/** Opens what a command works on; while the site runs, its database is shared. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEmbedded } from '@homepage/backup';
import {
  openDatabase,
  openStorage,
  requireOneShape,
  requireSecrets,
  type Database,
  type Settings,
  type Storage,
} from '@homepage/platform';
import { requireSchema, templateFolder, type Tables } from '@homepage/site';
import type { Shell } from './shell.ts';
import { readVersion } from './version.ts';

export type OpenSite = { db: Database<Tables>['db']; storage: Storage };

/**
 * Runs work on the site's content and closes everything after it.
 * @param command what others are told who holds the data folder, e.g. "homepage import"
 * @throws Problem SCHEMA_BEHIND, SCHEMA_NEWER, and those of openDatabase
 */
export async function withSite<Result>(
  shell: Shell,
  command: string,
  work: (site: OpenSite) => Promise<Result>,
): Promise<Result> {
  return withSettings(shell, shell.settings(), command, work);
}

/** For work that only looks: where there is no site yet, at an empty one that is thrown away. */
export async function withSiteToLookAt<Result>(
  shell: Shell,
  command: string,
  work: (site: OpenSite) => Promise<Result>,
): Promise<Result> {
  const settings = shell.settings();
  if (settings.database || hasEmbeddedDatabase(settings)) return withSettings(shell, settings, command, work);
  const dataDir = await mkdtemp(join(tmpdir(), 'homepage-look-'));
  try {
    return await withSettings(shell, { ...settings, dataDir }, command, work);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

export const hasEmbeddedDatabase = ({ dataDir }: Settings): boolean => existsSync(join(dataDir, 'database'));

async function withSettings<Result>(
  shell: Shell,
  settings: Settings,
  command: string,
  work: (site: OpenSite) => Promise<Result>,
): Promise<Result> {
  requireSecrets(settings, ['database.json', 'storage.json']);
  requireOneShape(settings, shell.env);
  const database = await openDatabase<Tables>({
    server: settings.database,
    dataDir: settings.dataDir,
    template: templateFolder(join(shell.repository, '.cache')),
    command,
    mode: 'share',
    onLinger: () =>
      shell.note('Done. Another command uses the database that this one opened; waiting for it.'),
  });
  try {
    const storage = await openStorage(settings);
    if (database.kind === 'pglite')
      await migrateEmbedded({ settings, database, storage, program: readVersion() });
    // On the platform only `homepage migrate` changes the schema: it needs the owner's rights.
    else await requireSchema(database.db);
    return await work({ db: database.db, storage });
  } finally {
    await database.close();
  }
}
