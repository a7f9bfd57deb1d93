import type { Kysely } from 'kysely';
import type { PlatformStatus, SiteData, SiteInfo } from '@homepage/contract';
import type { Keyring } from '@homepage/platform';
import type { SiteConfig } from '@homepage/platform/config';
import type { Tables } from './database/tables.ts';
import { pageOfArchive } from './archive/archive.ts';
import { openDraft } from './drafts/drafts.ts';
import { findPage } from './pages/pages.ts';
import { countPosts, findPost, newestPosts, pageOfPosts, pageOfTag } from './posts/posts.ts';
import { findProject, listProjects } from './projects/projects.ts';
import { findElsewhere } from './redirects/redirects.ts';
import { search } from './search/search.ts';
import { findSeries } from './series/series.ts';
import { listTags } from './tags/tags.ts';

export type SiteDataSources = {
  db: Kysely<Tables>;
  config: SiteConfig;
  /** public origin without trailing slash */
  origin: string;
  platform: () => Promise<PlatformStatus>;
  /** signs the links to drafts */
  keyring: Keyring;
};

const HITS_ON_A_PAGE = 20;

/** Everything the pages show, from one place. */
export function siteData({ db, config, origin, platform, keyring }: SiteDataSources): SiteData {
  return {
    site: async () => siteInfo(config, origin, await hasSample(db)),
    home: async () => {
      const intro = await findPage(db, 'home');
      return {
        intro: intro.status === 'found' ? intro.value : null,
        recent: await newestPosts(db, 6),
        projects: (await listProjects(db)).slice(0, 4),
        totalPosts: await countPosts(db),
      };
    },
    posts: (page) => pageOfPosts(db, page, config.postsPerPage),
    post: (slug) => findPost(db, slug),
    projects: () => listProjects(db),
    project: (slug) => findProject(db, slug),
    page: (slug) => findPage(db, slug),
    draft: (token) => openDraft(db, keyring, token),
    tags: () => listTags(db),
    tag: (slug, page) => pageOfTag(db, slug, page, config.postsPerPage),
    archive: (page) => pageOfArchive(db, page, config.timeZone),
    series: (slug) => findSeries(db, slug),
    elsewhere: (path) => findElsewhere(db, path),
    recent: () => newestPosts(db, 5),
    search: (text, page) =>
      search(db, text, {
        language: config.language,
        limit: HITS_ON_A_PAGE,
        offset: (page - 1) * HITS_ON_A_PAGE,
      }),
    platform,
  };
}

function siteInfo(config: SiteConfig, origin: string, sample: boolean): SiteInfo {
  const { name, description, language, timeZone, navigation, owner, features } = config;
  return {
    name,
    title: config.title ?? name,
    description,
    language,
    timeZone,
    origin,
    navigation,
    features,
    contactKeepDays: config.contact.keepDays,
    owner: {
      name: owner.name,
      github: owner.github,
      email: owner.email ?? null,
      bio: owner.bio,
      links: owner.links.map((link) => ({ title: link.label, url: link.url })),
    },
    sample,
  };
}

async function hasSample(db: Kysely<Tables>): Promise<boolean> {
  const row = await db
    .selectFrom('entries')
    .select('id')
    .where('sample', '=', true)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
