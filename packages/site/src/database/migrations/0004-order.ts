import { type Kysely, sql } from 'kysely';

/**
 * Lists are in one order on every database and after every move: by time in milliseconds (what JavaScript and front
 * matter keep), then by slug in byte order, never by when a row was written or by a server's locale.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index entries_by_date`.execute(db);
  await sql`
    alter table entries
      alter column slug type text collate "C",
      alter column published_at type timestamptz(3),
      alter column updated_at type timestamptz(3)`.execute(db);
  await sql`alter table tags alter column slug type text collate "C"`.execute(db);
  await sql`create index entries_by_date on entries (kind, status, published_at desc, slug desc)`.execute(db);
  // The content version asks several times a second for the newest moment that has come.
  await sql`create index entries_by_time on entries (published_at) where status = 'published'`.execute(db);
}
