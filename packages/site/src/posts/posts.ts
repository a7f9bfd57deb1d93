import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Link, Lookup, Paged, Post, PostSummary, TaggedPage } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { coverOf } from '../entries/cover.ts';
import { goneOrElsewhere } from '../redirects/redirects.ts';
import { visible } from '../entries/visible.ts';
import { listProjects } from '../projects/projects.ts';
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

/** One page of the posts with a tag; its projects are few and stand on each page. */
export async function pageOfTag(
  db: Kysely<Tables>,
  tagSlug: string,
  page: number,
  perPage: number,
): Promise<Lookup<TaggedPage>> {
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
  const projects = (await listProjects(db)).filter(({ tags }) => tags.some(({ slug }) => slug === tagSlug));
  if (total + projects.length === 0) return { status: 'missing' };
  const found = await paged(db, tagged, total, page, perPage);
  return found.status === 'found' ? { status: 'found', value: { ...found.value, tag, projects } } : found;
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

/** What a picture of a link to the post shows; undefined when visitors may not see it. */
export async function findPreview(
  db: Kysely<Tables>,
  slug: string,
): Promise<{ title: string; publishedAt: Date } | undefined> {
  const row = await visible(db, 'post')
    .select(['entries.title', 'entries.published_at'])
    .where('entries.slug', '=', slug)
    .executeTakeFirst();
  return row && { title: row.title, publishedAt: row.published_at! };
}

async function neighbour(
  db: Kysely<Tables>,
  row: { slug: string; published_at: Date | null },
  direction: 'older' | 'newer',
): Promise<Link | null> {
  const order = direction === 'older' ? 'desc' : 'asc';
  const beyond = sql.raw(direction === 'older' ? '<' : '>');
  const found = await visible(db, 'post')
    .select(['entries.slug', 'entries.title'])
    .where(sql<boolean>`(entries.published_at, entries.slug) ${beyond} (${row.published_at}, ${row.slug})`)
    .orderBy('entries.published_at', order)
    .orderBy('entries.slug', order)
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
    .orderBy('entries.slug', 'desc')
    .limit(3)
    .execute();
  return summaries(db, rows);
}
