import { join, resolve } from 'node:path';
import { openDatabase, type Database, type Settings } from '@homepage/platform';
import { templateFolder } from '@homepage/site/template';
import type { Tables } from '@homepage/site';

export const repository = resolve(import.meta.dirname, '../../..');

/** Opens the site's database. It imports little, so that the database starts before the rest is loaded. */
export function openSiteDatabase(settings: Settings): Promise<Database<Tables>> {
  const opening = openDatabase<Tables>({
    server: settings.database,
    dataDir: settings.dataDir,
    template: templateFolder(join(repository, '.cache')),
    command: 'homepage serve',
    mode: 'own',
  });
  // Its failure is reported where it is awaited; until then it must not end the process.
  opening.catch(() => {});
  return opening;
}
