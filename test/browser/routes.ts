/** The public addresses of a site, found through its own API: every one, and of tags two. */

type Items = { items: { slug: string; url: string }[] };

/** answers 410: see global-setup.ts */
export const REMOVED = '/posts/removed';

export type SiteRoutes = {
  /** pages that search engines may list */
  indexable: string[];
  /** pages that search engines may not list */
  unlisted: string[];
  /** pages that answer with an error on purpose */
  errors: string[];
};

/** @param draft path of a link to one */
export async function findRoutes(site: string, draft: string): Promise<SiteRoutes> {
  const items = async (name: string): Promise<Items['items']> =>
    ((await (await fetch(`${site}/api/v1/${name}`)).json()) as Items).items;
  const posts = (await items('posts')).map((post) => post.url);
  const projects = (await items('projects')).map((project) => project.url);
  const tags = (await items('tags')).map((tag) => `/tags/${encodeURIComponent(tag.slug)}`);
  // They are lists of posts that stand on their own pages too: the longest and the shortest.
  const twoTags = [tags.at(0), tags.at(-1)].filter((tag) => tag !== undefined);
  const series = await findSeries(site, posts);
  return {
    indexable: [
      '/',
      '/about',
      '/projects',
      ...projects,
      '/posts',
      ...posts,
      '/tags',
      ...twoTags,
      '/archive',
      ...series,
      '/privacy',
      '/contact',
      '/platform',
      '/api/docs',
    ],
    unlisted: ['/search', '/search?q=vault', '/search?q=nothinghere', '/contact/sent', draft],
    errors: ['/no-such-page', '/posts/no-such-post', '/preview/ended', REMOVED],
  };
}

async function findSeries(site: string, posts: string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const post of posts) {
    const html = await (await fetch(site + post)).text();
    for (const match of html.matchAll(/href="(\/series\/[^"#]+)"/g)) found.add(match[1]!);
  }
  return [...found];
}
