import type { Kysely } from 'kysely';
import type { ArchiveYear } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { selectPosts, summaries } from '../posts/summaries.ts';

/** Every visible post by year of publication in the site's time zone, newest first. */
export async function archiveByYear(db: Kysely<Tables>, timeZone: string): Promise<ArchiveYear[]> {
  const posts = await summaries(db, await selectPosts(db).execute());
  const year = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone, calendar: 'gregory' });
  const byYear = Map.groupBy(posts, (post) => Number(year.format(new Date(post.publishedAt))));
  return [...byYear].map(([value, inYear]) => ({ year: value, posts: inYear }));
}
