import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { Problem } from '@homepage/platform';
import { READABLE_FROM, READABLE_FROM_KEY } from './readable-from.ts';
import type { Tables } from './tables.ts';
import { up as content } from './migrations/0001-content.ts';
import { up as redirects } from './migrations/0002-redirects.ts';
import { up as guid } from './migrations/0003-guid.ts';
import { up as order } from './migrations/0004-order.ts';
import { up as contact } from './migrations/0005-contact.ts';
import { up as search } from './migrations/0006-search.ts';
import { up as animated } from './migrations/0007-animated.ts';
import { up as lists } from './migrations/0008-lists.ts';

/** Every migration in order. They only go forward; a release must run on the schema before and after its own. */
export const migrations: Record<string, Migration> = {
  '0001-content': { up: content },
  '0002-redirects': { up: redirects },
  '0003-guid': { up: guid },
  '0004-order': { up: order },
  '0005-contact': { up: contact },
  '0006-search': { up: search },
  '0007-animated': { up: animated },
  '0008-lists': { up: lists },
};

/**
 * Brings the schema to this release; does nothing when it is there.
 * @returns the names of the migrations that ran
 * @throws Problem MIGRATION_FAILED, SCHEMA_NEWER
 */
export async function migrate(db: Kysely<Tables>): Promise<string[]> {
  const { error, results } = await migrator(db).migrateToLatest();
  if (!error) {
    const ran = (results ?? []).filter(({ status }) => status === 'Success');
    await writeReadableFrom(db);
    return ran.map(({ migrationName }) => migrationName);
  }
  if (/previously executed migration .* is missing/.test(String(error))) {
    throw new Problem('SCHEMA_NEWER', 'The database was written by a newer version of this program.', {
      fix: 'Update the program, or use the data of this version.',
      cause: error,
    });
  }
  const failed = results?.find((result) => result.status === 'Error');
  if (!failed) throw error; // no migration began: the database did not answer
  throw new Problem(
    'MIGRATION_FAILED',
    `Migration ${failed.migrationName} failed: ${(error as Error).message}`,
    {
      fix: 'Nothing was changed. Fix the cause, then run `homepage migrate` again.',
      cause: error,
    },
  );
}

/**
 * Makes the schema that a release had whose newest migration is `name`, in an empty database.
 * @throws Error when there is no such migration
 */
export async function migrateTo(db: Kysely<Tables>, name: string): Promise<void> {
  const { error } = await migrator(db).migrateTo(name);
  if (error) throw error;
}

async function writeReadableFrom(db: Kysely<Tables>): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key: READABLE_FROM_KEY, value: READABLE_FROM })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ value: READABLE_FROM }).where('meta.value', '!=', READABLE_FROM),
    )
    .execute();
}

/** Names of the migrations that the database still lacks. */
export async function pendingMigrations(db: Kysely<Tables>): Promise<string[]> {
  const all = await migrator(db).getMigrations();
  return all.filter((migration) => !migration.executedAt).map((migration) => migration.name);
}

function migrator(db: Kysely<Tables>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations } });
}
