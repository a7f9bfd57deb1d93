import { join } from 'node:path';
import { migrateEmbedded } from '@homepage/backup';
import { openDatabase, openStorage, requireSecrets } from '@homepage/platform';
import { migrate, migrations, pendingMigrations, templateFolder, type Tables } from '@homepage/site';
import { hasEmbeddedDatabase } from '../open-site.ts';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { readVersion } from '../version.ts';

export type MigrateOptions = { dryRun?: boolean };

export async function migrateSchema(shell: Shell, { dryRun = false }: MigrateOptions): Promise<Outcome> {
  const settings = shell.settings();
  if (!settings.databaseOwner) requireSecrets(settings, ['database.json']);
  const server = settings.databaseOwner ?? settings.database;
  // A question must not make a database.
  if (dryRun && !server && !hasEmbeddedDatabase(settings)) return listPending(Object.keys(migrations));
  const database = await openDatabase<Tables>({
    server,
    dataDir: settings.dataDir,
    template: templateFolder(join(shell.repository, '.cache')),
    command: 'homepage migrate',
    mode: 'share',
    onLinger: () =>
      shell.note('Done. Another command uses the database that this one opened; waiting for it.'),
  });
  try {
    if (dryRun) return listPending(await pendingMigrations(database.db));
    if (database.kind === 'postgresql') return listRan(await migrate(database.db));
    const storage = await openStorage(settings);
    return listRan(await migrateEmbedded({ settings, database, storage, program: readVersion() }));
  } finally {
    await database.close();
  }
}

function listPending(pending: string[]): Outcome {
  const text =
    pending.length > 0
      ? ['These migrations would run:', ...pending.map((name) => `  ${name}`)].join('\n')
      : UP_TO_DATE;
  return { ok: true, json: { dryRun: true, ran: [], pending }, text };
}

function listRan(ran: string[]): Outcome {
  const text = ran.length > 0 ? ran.map((name) => `Migrated ${name}`).join('\n') : UP_TO_DATE;
  return { ok: true, json: { dryRun: false, ran, pending: [] }, text };
}

const UP_TO_DATE = 'The schema is up to date.';
