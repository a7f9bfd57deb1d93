import type { Kysely } from 'kysely';
import type { Tag } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { postUrl } from '../entries/url.ts';
import { visible } from '../entries/visible.ts';
import { selectPosts, selectTagged } from '../posts/summaries.ts';
import { findTag, tagsOf } from '../tags/tags.ts';

export type FeedPost = {
  /** a path of this site, or whatever an earlier blog called it; never changes */
  guid: string;
  /** path */
  url: string;
  title: string;
  description: string;
  html: string;
  publishedAt: Date;
  /** the day of the last change; that of publication when it never changed */
  updatedAt: Date;
  tags: string[];
};

export type FeedContent = { tag: Tag | null; posts: FeedPost[] };

/** As many as a reader shows at once; more would make each request of a reader heavier for ever. */
const NEWEST = 20;

/** A tag that only projects have has a page, so it has a feed: an empty one. */
async function isShown(db: Kysely<Tables>, tagSlug: string): Promise<boolean> {
  const entry = await visible(db, 'post', 'project')
    .innerJoin('entry_tags', 'entry_tags.entry_id', 'entries.id')
    .select('entries.id')
    .where('entry_tags.tag_slug', '=', tagSlug)
    .limit(1)
    .executeTakeFirst();
  return entry !== undefined;
}

/** The newest posts, whole, of everything or of one tag; undefined when there is no such tag. */
export async function feedContent(
  db: Kysely<Tables>,
  tagSlug: string | null,
): Promise<FeedContent | undefined> {
  const tag = tagSlug === null ? null : await findTag(db, tagSlug);
  if (tag === undefined) return undefined;
  const whole = ['entries.html', 'entries.guid'] as const;
  const rows = await (
    tag ? selectTagged(db, tag.slug).select([...whole]) : selectPosts(db).select([...whole])
  )
    .limit(NEWEST)
    .execute();
  if (tag && rows.length === 0 && !(await isShown(db, tag.slug))) return undefined;
  const tags = await tagsOf(
    db,
    rows.map((row) => row.id),
  );
  const posts = rows.map((row): FeedPost => {
    const publishedAt = row.published_at!;
    const updatedAt = row.updated_at && row.updated_at > publishedAt ? row.updated_at : publishedAt;
    return {
      guid: row.guid ?? postUrl(row.slug),
      url: postUrl(row.slug),
      title: row.title,
      description: row.description,
      html: row.html,
      publishedAt,
      updatedAt,
      tags: (tags.get(row.id) ?? []).map(({ label }) => label),
    };
  });
  return { tag, posts };
}
