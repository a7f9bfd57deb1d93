import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Link, Lookup, Paged, Post, PostSummary, Tag } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { coverOf } from '../entries/cover.ts';
import { goneOrElsewhere } from '../redirects/redirects.ts';
import { visible } from '../entries/visible.ts';
import { seriesOf } from '../series/series.ts';
import { findTag, tagsOf } from '../tags/tags.ts';
import { postUrl } from '../entries/url.ts';
import { selectPosts, summaries, summary, summaryColumns, type SummaryRow } from './summaries.ts';

export async function newestPosts(db: Kysely<Tables>, limit: number): Promise<PostSummary[]> {
  return summaries(db, await selectPosts(db).limit(limit).execute());
}

export async function countPosts(db: Kysely<Tables>): Promise<number> {
  const row = await visible(db, 'post')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
}

/** One page of posts; missing beyond the last page. */
export async function pageOfPosts(
  db: Kysely<Tables>,
  page: number,
  perPage: number,
): Promise<Lookup<Paged<PostSummary>>> {
  return paged(db, selectPosts(db), await countPosts(db), page, perPage);
}

export async function pageOfTag(
  db: Kysely<Tables>,
  tagSlug: string,
  page: number,
  perPage: number,
): Promise<Lookup<Paged<PostSummary> & { tag: Tag }>> {
  const tag = await findTag(db, tagSlug);
  if (!tag) return { status: 'missing' };
  const tagged = selectPosts(db)
    .innerJoin('entry_tags', 'entry_tags.entry_id', 'entries.id')
    .where('entry_tags.tag_slug', '=', tagSlug);
  const { total } = await tagged
    .clearSelect()
    .clearOrderBy()
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  if (total === 0) return { status: 'missing' };
  const found = await paged(db, tagged, total, page, perPage);
  return found.status === 'found' ? { status: 'found', value: { ...found.value, tag } } : found;
}

async function paged<T extends SummaryRow>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<Tables, 'entries', T>,
  total: number,
  page: number,
  perPage: number,
): Promise<Lookup<Paged<PostSummary>>> {
  const pages = Math.max(1, Math.ceil(total / perPage));
  if (!Number.isInteger(page) || page < 1 || page > pages) return { status: 'missing' };
  const rows = await query
    .limit(perPage)
    .offset((page - 1) * perPage)
    .execute();
  return { status: 'found', value: { items: await summaries(db, rows as SummaryRow[]), page, pages, total } };
}

export async function findPost(db: Kysely<Tables>, slug: string): Promise<Lookup<Post>> {
  const row = await visible(db, 'post')
    .selectAll('entries')
    .where('entries.slug', '=', slug)
    .executeTakeFirst();
  if (!row) return goneOrElsewhere(db, 'post', slug);
  const tags = (await tagsOf(db, [row.id])).get(row.id) ?? [];
  return {
    status: 'found',
    value: {
      ...summary(row, tags),
      lead: row.description_written ? row.description : '',
      html: row.html,
      headings: row.headings,
      words: row.words,
      cover: await coverOf(db, row),
      previous: await neighbour(db, row, 'older'),
      next: await neighbour(db, row, 'newer'),
      related: await relatedPosts(db, row.id),
      series: await seriesOf(db, row),
    },
  };
}

async function neighbour(
  db: Kysely<Tables>,
  row: { id: number; published_at: Date | null },
  direction: 'older' | 'newer',
): Promise<Link | null> {
  const order = direction === 'older' ? 'desc' : 'asc';
  // The database's own microseconds decide, not the milliseconds that JavaScript keeps.
  const here = sql`(select published_at, id from entries where id = ${row.id})`;
  const found = await visible(db, 'post')
    .select(['entries.slug', 'entries.title'])
    .where(
      sql<boolean>`(entries.published_at, entries.id) ${sql.raw(direction === 'older' ? '<' : '>')} ${here}`,
    )
    .orderBy('entries.published_at', order)
    .orderBy('entries.id', order)
    .limit(1)
    .executeTakeFirst();
  return found ? { title: found.title, url: postUrl(found.slug) } : null;
}

/** Up to three posts that share the most tags, newest first among equals. */
async function relatedPosts(db: Kysely<Tables>, entryId: number): Promise<PostSummary[]> {
  const rows = await visible(db, 'post')
    .innerJoin('entry_tags', 'entry_tags.entry_id', 'entries.id')
    .select([...summaryColumns])
    .select((eb) => eb.fn.countAll<number>().as('shared'))
    .where('entries.id', '<>', entryId)
    .where('entry_tags.tag_slug', 'in', (eb) =>
      eb.selectFrom('entry_tags').select('tag_slug').where('entry_id', '=', entryId),
    )
    .groupBy('entries.id')
    .orderBy('shared', 'desc')
    .orderBy('entries.published_at', 'desc')
    .limit(3)
    .execute();
  return summaries(db, rows);
}
