/** Full-text search over everything that visitors may see. */
import { sql, type Kysely } from 'kysely';
import type { SearchHit, SearchPage, TextPart } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { entryUrl } from '../entries/url.ts';
import { visible } from '../entries/visible.ts';
import { tagsOf } from '../tags/tags.ts';
import { correctWords } from './correct.ts';
import { configurationOf } from './language.ts';
import { parseQuery, type Query } from './query.ts';

export type SearchOptions = {
  /** of the site, BCP 47 */
  language: string;
  limit: number;
  offset: number;
};

/**
 * So many entries are put in order; of a word that more have, those that have it in the title, then the newest.
 * Looking at all of them would make the most common words the slowest questions.
 */
export const MOST_HITS = 1000;

/** @param text as typed; what it cannot mean is left out, so nothing in it is an error */
export async function search(db: Kysely<Tables>, text: string, options: SearchOptions): Promise<SearchPage> {
  const query = parseQuery(text, { typing: true });
  const nothing = { hits: [], total: 0, corrected: null };
  if (query.expression === '') return nothing;
  const found = await ask(db, query, options);
  if (found.total > 0) return { ...found, corrected: null };
  const corrected = await correctWords(db, text, query.words);
  if (corrected === null) return nothing;
  const again = await ask(db, parseQuery(corrected, { typing: false }), options);
  return again.total > 0 ? { ...again, corrected } : nothing;
}

async function ask(
  db: Kysely<Tables>,
  { expression }: Query,
  { language, limit, offset }: SearchOptions,
): Promise<Omit<SearchPage, 'corrected'>> {
  const configuration = configurationOf(language);
  const { rows } = await sql<{ id: number; total: number }>`
    with query as materialized (
      select to_tsquery('site_simple', ${expression}) as exact,
             to_tsquery(${configuration}::regconfig, ${expression}) as stems
    ), candidates as materialized (
      select entry_id, visible_from, exact, stems
      from search_entries
      where (exact @@ (select exact from query) or stems @@ (select stems from query))
        and visible_from <= now()
      order by heading @@ (select exact from query) desc, visible_from desc, entry_id desc
      limit ${MOST_HITS}
    )
    select candidates.entry_id as id, (count(*) over ())::int as total
    from candidates, query
    order by
      -- Where the words stand counts, how often less, and a newer text a little.
      (ts_rank(candidates.exact, query.exact, 1) + ts_rank(candidates.stems, query.stems, 1))
        * (1 + 0.25 * exp(-greatest(extract(epoch from now() - greatest(candidates.visible_from, '1970-01-01')), 0) / 31536000)) desc,
      candidates.visible_from desc,
      candidates.entry_id desc
    limit ${limit} offset ${offset}`.execute(db);
  const hits = await readHits(
    db,
    rows.map(({ id }) => id),
    configuration,
    expression,
  );
  return { hits, total: rows[0]?.total ?? 0 };
}

/** Characters of private use: no text keeps its own, since they are removed first. */
const START = '\uE000';
const STOP = '\uE001';
/** Only the beginning of very long texts is searched for passages to show. */
const EXCERPT_CHARACTERS = 100_000;

async function readHits(
  db: Kysely<Tables>,
  ids: number[],
  configuration: string,
  expression: string,
): Promise<SearchHit[]> {
  if (ids.length === 0) return [];
  const query = sql`(to_tsquery(${configuration}::regconfig, ${expression}) || to_tsquery('site_simple', ${expression}))`;
  const marked = (text: ReturnType<typeof sql>, options: string) =>
    sql<string>`ts_headline(${configuration}::regconfig, translate(${text}, ${START + STOP}, ''), ${query}, ${`StartSel=${START}, StopSel=${STOP}, ${options}`})`;
  const rows = await visible(db, 'post', 'page', 'project')
    .select(['entries.id', 'entries.kind', 'entries.slug', 'entries.title', 'entries.description'])
    .select(['entries.published_at', 'entries.updated_at'])
    .select([
      marked(sql`entries.title`, 'HighlightAll=true').as('marked_title'),
      marked(
        sql`left(entries.text, ${EXCERPT_CHARACTERS})`,
        'MaxFragments=2, MaxWords=26, MinWords=12, FragmentDelimiter=" … "',
      ).as('excerpt'),
    ])
    .where('entries.id', 'in', ids)
    .execute();
  const tags = await tagsOf(db, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    // It became a draft a moment ago.
    if (!row) return [];
    return {
      kind: row.kind,
      slug: row.slug,
      title: row.title,
      description: row.description,
      publishedAt: row.published_at?.toISOString() ?? null,
      updatedAt: row.updated_at?.toISOString() ?? null,
      tags: (tags.get(id) ?? []).map(({ label }) => label),
      url: entryUrl(row.kind, row.slug),
      titleParts: partsOf(row.marked_title),
      excerpt: partsOf(row.excerpt),
    };
  });
}

/** Text in pieces, those that were looked for marked: nothing has to be escaped, so nothing can be forgotten. */
export function partsOf(marked: string): TextPart[] {
  return marked
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(new RegExp(`(${START}[^${STOP}]*${STOP})`))
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith(START) ? { text: piece.slice(1, -1), found: true } : { text: piece, found: false },
    );
}
