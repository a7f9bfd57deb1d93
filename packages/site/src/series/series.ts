import type { Kysely } from 'kysely';
import type { Lookup, Post, Series } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { isVisible } from '../entries/visible.ts';
import { postUrl } from '../entries/url.ts';
import { selectPosts, summaries } from '../posts/summaries.ts';

/** A series with its posts, oldest first. */
export async function findSeries(db: Kysely<Tables>, slug: string): Promise<Lookup<Series>> {
  const rows = await selectPosts(db)
    .select('entries.series_title')
    .where('entries.series_slug', '=', slug)
    .execute();
  const title = rows[0]?.series_title;
  if (!title) return { status: 'missing' };
  return { status: 'found', value: { slug, title, posts: (await summaries(db, rows)).reverse() } };
}

/** The series that a post belongs to, with its parts in order; the post itself is one of them, also while it is a draft. */
export async function seriesOf(
  db: Kysely<Tables>,
  post: { slug: string; series_slug: string | null; series_title: string | null },
): Promise<Post['series']> {
  if (!post.series_slug || !post.series_title) return null;
  const parts = await db
    .selectFrom('entries')
    .select(['entries.slug', 'entries.title'])
    .where('entries.kind', '=', 'post')
    .where('entries.series_slug', '=', post.series_slug)
    .where((eb) => eb.or([isVisible(eb), eb('entries.slug', '=', post.slug)]))
    .orderBy('entries.published_at')
    .orderBy('entries.slug')
    .execute();
  return {
    slug: post.series_slug,
    title: post.series_title,
    parts: parts.map((part) => ({
      slug: part.slug,
      title: part.title,
      url: postUrl(part.slug),
      current: part.slug === post.slug,
    })),
  };
}
