import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openDatabase } from '@homepage/platform';
import { migrate, migrations } from './migrate.ts';
import type { Tables } from './tables.ts';

/** Where the prepared database of this release is kept: its name changes with the migrations and with PGlite. */
export function templateFolder(folder: string): string {
  const hash = createHash('sha256').update(pgliteVersion());
  for (const [name, { up }] of Object.entries(migrations)) hash.update(name).update(String(up));
  return join(folder, `database-${hash.digest('hex').slice(0, 16)}`);
}

/**
 * Makes a migrated, empty database folder that first starts copy; creating one from nothing takes seconds.
 * Does nothing when it is there. Several processes may do it at once.
 * @returns its path
 */
export async function prepareTemplate(folder: string): Promise<string> {
  const template = templateFolder(folder);
  if (existsSync(template)) return template;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'preparing-'));
  try {
    await makeEmptyDatabase(work);
    renameSync(join(work, 'database'), template);
  } catch (error) {
    // Another process was quicker, and its folder is as good.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return template;
}

async function makeEmptyDatabase(dataDir: string): Promise<void> {
  const { db, close } = await openDatabase<Tables>({ dataDir, command: 'prepare', mode: 'own' });
  try {
    await migrate(db);
  } finally {
    await close();
  }
}

function pgliteVersion(): string {
  const require = createRequire(import.meta.url);
  const entry = dirname(require.resolve('@electric-sql/pglite'));
  return (JSON.parse(readFileSync(join(entry, '../package.json'), 'utf8')) as { version: string }).version;
}
