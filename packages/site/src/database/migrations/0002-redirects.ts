import { type Kysely, sql } from 'kysely';

/** Old addresses: of an entry (they go with it), to any address, or gone for good (neither). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table redirects (
      path text primary key check (path like '/%'),
      entry_id bigint references entries on delete cascade,
      target text,
      check (entry_id is null or target is null)
    )`.execute(db);
  await sql`create index redirects_by_entry on redirects (entry_id) where entry_id is not null`.execute(db);
}
