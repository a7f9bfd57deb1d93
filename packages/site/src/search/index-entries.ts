import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { configurationOf } from './language.ts';

/** Another number makes every entry be indexed again. */
const INDEX_VERSION = 1;
/** An embedded database answers nobody else meanwhile. */
const ENTRIES_AT_ONCE = 10;
/** A tsvector holds at most 1 MB: texts are read so far, and those whose words are all different less far. */
const READ_CHARACTERS = [400_000, 50_000, 0] as const;
/** PostgreSQL's program_limit_exceeded: "string is too long for tsvector". */
const TOO_LONG = '54000';

/**
 * Brings the index up to date with the entries, a few at a time, until it is. Several processes may do it at once.
 * @param language of the site, BCP 47
 * @returns how many entries were indexed
 */
export async function indexEntries(
  db: Kysely<Tables>,
  language: string,
  signal?: AbortSignal,
): Promise<number> {
  const configuration = configurationOf(language);
  let indexed = 0;
  while (!signal?.aborted) {
    const ids = await staleEntries(db, configuration);
    if (ids.length === 0) break;
    await indexSome(db, configuration, ids);
    indexed += ids.length;
  }
  return indexed;
}

const keyOf = (configuration: string) =>
  sql<string>`entries.fingerprint || ' ' || entries.renderer_version || ${` ${configuration} ${INDEX_VERSION}`}`;

async function staleEntries(db: Kysely<Tables>, configuration: string): Promise<number[]> {
  const rows = await db
    .selectFrom('entries')
    .leftJoin('search_entries', 'search_entries.entry_id', 'entries.id')
    .select('entries.id')
    .where(sql<boolean>`search_entries.key is distinct from ${keyOf(configuration)}`)
    .orderBy('entries.published_at', (order) => order.desc().nullsLast())
    .limit(ENTRIES_AT_ONCE)
    .execute();
  return rows.map(({ id }) => id);
}

/** One statement for all; when one of them is too long for it, each by itself, reading less. */
async function indexSome(db: Kysely<Tables>, configuration: string, ids: number[]): Promise<void> {
  const [usual, ...shorter] = READ_CHARACTERS;
  try {
    await writeIndex(db, configuration, ids, usual);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    for (const id of ids) await indexOne(db, configuration, id, [usual, ...shorter]);
  }
}

async function indexOne(
  db: Kysely<Tables>,
  configuration: string,
  id: number,
  lengths: readonly number[],
): Promise<void> {
  for (const length of lengths) {
    try {
      return await writeIndex(db, configuration, [id], length);
    } catch (error) {
      if (!isTooLong(error) || length === lengths.at(-1)) throw error;
    }
  }
}

const isTooLong = (error: unknown): boolean => (error as { code?: string }).code === TOO_LONG;

async function writeIndex(
  db: Kysely<Tables>,
  configuration: string,
  ids: number[],
  characters: number,
): Promise<void> {
  const vector = (config: string) => sql`
    setweight(to_tsvector(${config}::regconfig, title), 'A') ||
    setweight(to_tsvector(${config}::regconfig, tags), 'B') ||
    setweight(to_tsvector(${config}::regconfig, description || ' ' || headings), 'C') ||
    setweight(to_tsvector(${config}::regconfig, body), 'D')`;
  await sql`
    with texts as (
      select
        entries.id,
        ${keyOf(configuration)} as key,
        case entries.status when 'published' then coalesce(entries.published_at, '-infinity') end as visible_from,
        entries.title,
        entries.description,
        left(entries.text, ${characters}) as body,
        coalesce((
          select string_agg(tags.label || ' ' || tags.slug, ' ')
          from entry_tags join tags on tags.slug = entry_tags.tag_slug
          where entry_tags.entry_id = entries.id
        ), '') as tags,
        coalesce((select string_agg(heading ->> 'text', ' ') from jsonb_array_elements(entries.headings) heading), '')
          as headings
      from entries
      where entries.id in (${sql.join(ids)})
      order by entries.id
    ), indexed as (
      insert into search_entries (entry_id, key, visible_from, heading, exact, stems)
      select
        id, key, visible_from,
        to_tsvector('site_simple', title || ' ' || tags) || to_tsvector(${configuration}::regconfig, title || ' ' || tags),
        ${vector('site_simple')},
        ${vector(configuration)}
      from texts
      on conflict (entry_id) do update set
        key = excluded.key, visible_from = excluded.visible_from,
        heading = excluded.heading, exact = excluded.exact, stems = excluded.stems
      returning exact, visible_from
    )
    -- In one order for all, so that two processes never wait for each other in a circle.
    insert into search_words (word)
    select distinct lexeme from indexed, unnest(exact)
    where visible_from is not null and lexeme ~ '^[[:alpha:]]{4,40}$'
    order by 1
    on conflict do nothing`.execute(db);
}
