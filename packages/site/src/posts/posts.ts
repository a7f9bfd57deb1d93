import { type Kysely, type Selectable, sql } from 'kysely';
import type { Link, Lookup, Paged, Post, PostSummary, TaggedPage } from '@homepage/contract';
import type { EntriesTable, Tables } from '../database/tables.ts';
import { canonicalOf } from '../entries/canonical.ts';
import { coverOf } from '../entries/cover.ts';
import { goneOrElsewhere } from '../redirects/redirects.ts';
import { visible } from '../entries/visible.ts';
import { listProjects } from '../projects/projects.ts';
import { seriesOf } from '../series/series.ts';
import { findTag, tagsOf } from '../tags/tags.ts';
import { postUrl } from '../entries/url.ts';
import { selectPosts, selectTagged, summaries, summary, summaryColumns } from './summaries.ts';

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
  const found = pageBounds(await countPosts(db), page, perPage);
  if (!found) return { status: 'missing' };
  // The way to a late page is counted in the index alone; rows are read for the page only.
  const onPage = visible(db, 'post')
    .select('entries.slug')
    .orderBy('entries.published_at', 'desc')
    .orderBy('entries.slug', 'desc')
    .limit(perPage)
    .offset(found.offset);
  const rows = await selectPosts(db).where('entries.slug', 'in', onPage).execute();
  return { status: 'found', value: { items: await summaries(db, rows), ...found.page } };
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
  const { total } = await db
    .selectFrom('entry_tags')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('tag_slug', '=', tagSlug)
    .where('post_at', '<=', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  const projects = (await listProjects(db)).filter(({ tags }) => tags.some(({ slug }) => slug === tagSlug));
  if (total + projects.length === 0) return { status: 'missing' };
  const found = pageBounds(total, page, perPage);
  if (!found) return { status: 'missing' };
  const rows = await selectTagged(db, tagSlug).limit(perPage).offset(found.offset).execute();
  return { status: 'found', value: { items: await summaries(db, rows), ...found.page, tag, projects } };
}

/** Where a page begins; null beyond the last one. The first one is there even when it is empty. */
function pageBounds(total: number, page: number, perPage: number) {
  const pages = Math.max(1, Math.ceil(total / perPage));
  if (!Number.isInteger(page) || page < 1 || page > pages) return null;
  return { offset: (page - 1) * perPage, page: { page, pages, total } };
}

export async function findPost(db: Kysely<Tables>, slug: string): Promise<Lookup<Post>> {
  const row = await visible(db, 'post')
    .selectAll('entries')
    .where('entries.slug', '=', slug)
    .executeTakeFirst();
  return row ? { status: 'found', value: await postOf(db, row) } : goneOrElsewhere(db, 'post', slug);
}

/** @param row with a date of publication */
export async function postOf(db: Kysely<Tables>, row: Selectable<EntriesTable>): Promise<Post> {
  const tags = (await tagsOf(db, [row.id])).get(row.id) ?? [];
  return {
    ...summary(row, tags),
    lead: row.description_written ? row.description : '',
    html: row.html,
    headings: row.headings,
    words: row.words,
    cover: await coverOf(db, row),
    canonical: canonicalOf(row.front_matter),
    previous: await neighbour(db, row, 'older'),
    next: await neighbour(db, row, 'newer'),
    related: await relatedPosts(db, row.id),
    series: await seriesOf(db, row),
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

/** Of a tag with more posts only the newest are looked at, so that a page costs the same however much is written. */
const CANDIDATES = 50;

/** Up to three posts that share the most tags, newest first among equals. */
async function relatedPosts(db: Kysely<Tables>, entryId: number): Promise<PostSummary[]> {
  const candidates = db
    .selectFrom('entry_tags as mine')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('entry_tags')
          .select(['entry_tags.entry_id', 'entry_tags.post_at'])
          .whereRef('entry_tags.tag_slug', '=', 'mine.tag_slug')
          .where('entry_tags.post_at', '<=', sql<Date>`now()`)
          .orderBy('entry_tags.post_at', 'desc')
          .limit(CANDIDATES)
          .as('other'),
      (join) => join.onTrue(),
    )
    .select(['other.entry_id', 'other.post_at'])
    .select((eb) => eb.fn.countAll<number>().as('shared'))
    .where('mine.entry_id', '=', entryId)
    .where('other.entry_id', '<>', entryId)
    .groupBy(['other.entry_id', 'other.post_at'])
    .orderBy('shared', 'desc')
    .orderBy('other.post_at', 'desc')
    .orderBy('other.entry_id', 'desc')
    .limit(3);
  const rows = await db
    .selectFrom(candidates.as('candidates'))
    .innerJoin('entries', 'entries.id', 'candidates.entry_id')
    .select([...summaryColumns])
    .orderBy('candidates.shared', 'desc')
    .orderBy('candidates.post_at', 'desc')
    .orderBy('candidates.entry_id', 'desc')
    .execute();
  return summaries(db, rows);
}
