import { type Kysely, sql } from 'kysely';

/**
 * What the search reads: a row for each entry, made from it in the background (search/index-entries.ts), and every
 * word that occurs, for help with typing errors. For each language of PostgreSQL there is a configuration
 * `site_<language>` that reads é as e.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists unaccent`.execute(db);
  await sql`create extension if not exists pg_trgm`.execute(db);
  await sql`
    do $$
    declare
      language text;
      dictionary text;
    begin
      for language in select cfgname from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace loop
        dictionary := case language when 'simple' then 'simple' else language || '_stem' end;
        execute format('create text search configuration site_%s (copy = pg_catalog.%I)', language, language);
        execute format(
          'alter text search configuration site_%s alter mapping for hword, hword_part, word with unaccent, %I',
          language, dictionary);
      end loop;
    end $$`.execute(db);
  await sql`
    create table search_entries (
      entry_id bigint primary key references entries on delete cascade,
      -- of the entry, the language and the way of indexing: another one means "index it again"
      key text not null,
      visible_from timestamptz(3),
      -- title and tags alone: small, so that many rows can be looked at
      heading tsvector not null,
      -- every word as it is written, for prefixes, names and code
      exact tsvector not null,
      -- every word by its stem, in the language of the site
      stems tsvector not null
    )`.execute(db);
  // Without the list of what is not sorted in yet, which every question would have to read.
  await sql`create index search_entries_by_exact on search_entries using gin (exact) with (fastupdate = off)`.execute(
    db,
  );
  await sql`create index search_entries_by_stems on search_entries using gin (stems) with (fastupdate = off)`.execute(
    db,
  );
  await sql`create table search_words (word text primary key)`.execute(db);
  await sql`create index search_words_by_likeness on search_words using gin (word gin_trgm_ops)`.execute(db);
}
