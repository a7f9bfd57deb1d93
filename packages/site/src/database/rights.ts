import { type Kysely, sql } from 'kysely';
import { Problem } from '@homepage/platform';
import type { Tables } from './tables.ts';

export type Rights = {
  user: string;
  /** may also change the schema: more than the site needs */
  mayChangeSchema: boolean;
};

/**
 * Whether the role may read and write the rows of every table; one question.
 * @throws Problem DATABASE_DENIED naming a table
 */
export async function requireRights(db: Kysely<Tables>): Promise<Rights> {
  const { rows } = await sql<{ user: string; mayChangeSchema: boolean; lacking: string | null }>`
    select current_user as "user",
      has_schema_privilege(current_schema(), 'create') as "mayChangeSchema",
      (select min(c.relname) from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
          and c.relname not like 'kysely\_%'
          and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
            and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
      ) as lacking`.execute(db);
  const { lacking, ...rights } = rows[0]!;
  if (lacking === null) return rights;
  throw new Problem(
    'DATABASE_DENIED',
    `The database user may not read and write every table (${lacking}, for one).`,
    {
      field: 'DATABASE_URL',
      fix: 'Use the role of the application, and let the owner grant it its rights: deploy/postgresql/roles.sql does.',
      command: 'psql -U postgres -f deploy/postgresql/roles.sql',
    },
  );
}
