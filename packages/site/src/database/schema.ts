import { type Kysely, sql } from 'kysely';
import { Problem } from '@homepage/platform';
import { migrations, pendingMigrations } from './migrate.ts';
import { READABLE_FROM_KEY } from './readable-from.ts';
import type { Tables } from './tables.ts';

/**
 * Whether this release works on the schema that the database has. One that is newer is fine as long as it says that
 * releases of this age can read it: while a release is rolled out, the one before it goes on serving.
 * @throws Problem SCHEMA_BEHIND, SCHEMA_NEWER
 */
export async function requireSchema(db: Kysely<Tables>): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length > 0) {
    throw new Problem('SCHEMA_BEHIND', `The database lacks ${pending.join(', ')}.`, {
      fix: 'Run `homepage migrate`, then the same again. Nothing was changed.',
      command: 'npx homepage migrate',
    });
  }
  const own = Object.keys(migrations);
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const newer = rows.map(({ name }) => name).filter((name) => !own.includes(name));
  if (newer.length === 0) return;
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', READABLE_FROM_KEY)
    .executeTakeFirst();
  if (row && row.value <= own.at(-1)!) return;
  throw new Problem(
    'SCHEMA_NEWER',
    `The database has ${newer.join(', ')}, which this release does not know.`,
    {
      fix: 'Run a newer release of the program.',
    },
  );
}
