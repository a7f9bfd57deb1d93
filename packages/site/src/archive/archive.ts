import { type Kysely, sql } from 'kysely';
import type { ArchivePage, ArchiveYear, Lookup } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { pageOfPosts } from '../posts/posts.ts';
import { visible } from '../entries/visible.ts';

const PER_PAGE = 100;

/** One page of all visible posts, newest first, by year of publication in the site's time zone. */
export async function pageOfArchive(
  db: Kysely<Tables>,
  page: number,
  timeZone: string,
  perPage = PER_PAGE,
): Promise<Lookup<ArchivePage>> {
  const found = await pageOfPosts(db, page, perPage);
  if (found.status !== 'found') return found;
  const { items, pages } = found.value;
  const years = await countYears(db, timeZone, perPage);
  const yearOf = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone, calendar: 'gregory' });
  const byYear = Map.groupBy(items, (post) => Number(yearOf.format(new Date(post.publishedAt))));
  const posts = [...byYear].map(([year, inYear]) => ({ year, posts: inYear }));
  return { status: 'found', value: { posts, years, page, pages } };
}

/** Every year with posts, newest first, and the page that it begins on. */
async function countYears(db: Kysely<Tables>, timeZone: string, perPage: number): Promise<ArchiveYear[]> {
  const rows = await visible(db, 'post')
    .select((eb) => [
      sql<number>`extract(year from entries.published_at at time zone ${timeZone})::int`.as('year'),
      eb.fn.countAll<number>().as('count'),
    ])
    .groupBy(sql`1`)
    .orderBy('year', 'desc')
    .execute();
  let before = 0;
  return rows.map(({ year, count }) => {
    const page = Math.floor(before / perPage) + 1;
    before += count;
    return { year, count, page };
  });
}
