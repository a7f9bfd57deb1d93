import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { entryUrl } from '../entries/url.ts';
import { visible } from '../entries/visible.ts';

/** `changed`: null when nobody can say, so that no date is made up. */
export type SitemapEntry = { path: string; changed: Date | null };

/** Every address that search engines may list, the site's own pages first. */
export async function sitemapEntries(db: Kysely<Tables>): Promise<SitemapEntry[]> {
  const kinds = await Promise.all(
    (['post', 'project', 'page'] as const).map(async (kind) => {
      const rows = await visible(db, kind)
        .select(['entries.slug', 'entries.published_at', 'entries.updated_at'])
        .orderBy('entries.published_at', (order) => order.desc().nullsLast())
        .orderBy('entries.slug')
        .execute();
      return rows.map((row) => ({
        slug: row.slug,
        path: entryUrl(kind, row.slug),
        changed: latest(row.published_at, row.updated_at),
      }));
    }),
  );
  const [posts, projects, pages] = kinds as [Found[], Found[], Found[]];
  const ownPages = new Map(pages.map((page) => [page.slug, page.changed]));
  const newestPost = latest(...posts.map((post) => post.changed));
  return [
    { path: '/', changed: latest(newestPost, ownPages.get('home')) },
    { path: '/about', changed: ownPages.get('about') ?? null },
    { path: '/posts', changed: newestPost },
    { path: '/projects', changed: latest(...projects.map((project) => project.changed)) },
    { path: '/tags', changed: newestPost },
    { path: '/archive', changed: newestPost },
    { path: '/platform', changed: null },
    { path: '/privacy', changed: ownPages.get('privacy') ?? null },
    ...posts,
    ...projects,
    ...pages.filter((page) => !OWN_PAGES.has(page.slug)),
    ...(await groups(db, 'tags')),
    ...(await groups(db, 'series')),
  ].map(({ path, changed }) => ({ path, changed }));
}

type Found = SitemapEntry & { slug: string };

/** Listed above, or without an address of their own. */
const OWN_PAGES = new Set(['home', 'about', 'privacy']);

/** Tags or series, each as new as its newest entry. */
async function groups(db: Kysely<Tables>, kind: 'tags' | 'series'): Promise<SitemapEntry[]> {
  const changed = sql<Date | null>`max(greatest(entries.published_at, entries.updated_at))`.as('changed');
  const rows =
    kind === 'tags'
      ? await visible(db, 'post', 'project')
          .innerJoin('entry_tags', 'entry_tags.entry_id', 'entries.id')
          .select(['entry_tags.tag_slug as slug', changed])
          .groupBy('entry_tags.tag_slug')
          .orderBy('entry_tags.tag_slug')
          .execute()
      : await visible(db, 'post')
          .where('entries.series_slug', 'is not', null)
          .select(['entries.series_slug as slug', changed])
          .groupBy('entries.series_slug')
          .orderBy('entries.series_slug')
          .execute();
  return rows.map((row) => ({ path: `/${kind}/${encodeURIComponent(row.slug!)}`, changed: row.changed }));
}

function latest(...dates: (Date | null | undefined)[]): Date | null {
  let result: Date | null = null;
  for (const date of dates) if (date && (!result || date > result)) result = date;
  return result;
}
