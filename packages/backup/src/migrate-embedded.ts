/** An embedded database is backed up before its schema changes: there is nobody else who would. */
import type { Database, Settings, Storage } from '@homepage/platform';
import { migrate, migrations, pendingMigrations, type Tables } from '@homepage/site';
import { siteTargets } from './places.ts';

export type MigrateOptions = {
  settings: Settings;
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  storage: Storage;
  program: string;
};

/**
 * @returns the names of the migrations that ran
 * @throws what the backup failed with: then the schema is as it was; and those of migrate
 */
export async function migrateEmbedded(options: MigrateOptions): Promise<string[]> {
  const { db } = options.database;
  const pending = await pendingMigrations(db);
  const isNew = pending.length === Object.keys(migrations).length;
  if (pending.length > 0 && !isNew) await backUp(options);
  return migrate(db);
}

async function backUp({ settings, database, storage, program }: MigrateOptions): Promise<void> {
  const { runBackup } = await import('./run.ts');
  const targets = siteTargets(settings);
  const report = await runBackup({
    settings,
    database,
    storage,
    targets,
    reason: 'before a migration',
    program,
  });
  if (!report.targets.some(({ ok }) => ok)) throw report.targets[0]!.error;
}
