import { type Kysely, sql } from 'kysely';

/** Lists, counts and related posts of a tag are read from its index alone, newest first, however many posts there are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The time of a published post; null for drafts, pages and projects. It is entries.published_at where it is set.
  await sql`alter table entry_tags add column post_at timestamptz(3)`.execute(db);
  await sql`
    update entry_tags set post_at = entries.published_at from entries
    where entries.id = entry_tags.entry_id and entries.kind = 'post' and entries.status = 'published'`.execute(
    db,
  );
  await sql`drop index entry_tags_by_tag`.execute(db);
  await sql`create index entry_tags_by_tag on entry_tags (tag_slug, post_at desc, entry_id)`.execute(db);
  // Each page asks whether there is any.
  await sql`create index entries_by_sample on entries (id) where sample`.execute(db);
}
