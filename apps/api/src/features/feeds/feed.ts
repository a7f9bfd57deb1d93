/** What a feed says, whatever its format. */
import type { FeedContent, FeedPost } from '@homepage/site';
import type { SiteConfig } from '@homepage/platform/config';
import { absoluteHtml } from './absolute.ts';

export type Feed = {
  title: string;
  description: string;
  language: string;
  author: { name: string; url: string };
  /** full addresses */
  home: string;
  self: string;
  /** of the newest change; null when there is nothing yet */
  updated: Date | null;
  entries: FeedEntry[];
};

/** Addresses are full, HTML needs nothing of the site. */
export type FeedEntry = Omit<FeedPost, 'guid'> & { id: string };

/** @param self path of this feed */
export function makeFeed(
  { tag, posts }: FeedContent,
  { name, title, description, language, owner }: SiteConfig,
  origin: string,
  self: string,
): Feed {
  const site = title ?? name;
  return {
    title: tag ? `${site}: ${tag.label}` : site,
    description,
    language,
    author: { name: owner.name, url: `${origin}/about` },
    home: tag ? `${origin}/tags/${encodeURIComponent(tag.slug)}` : `${origin}/`,
    self: origin + self,
    updated: posts.reduce<Date | null>(
      (newest, { updatedAt }) => (newest && newest > updatedAt ? newest : updatedAt),
      null,
    ),
    entries: posts.map(({ guid, ...post }) => ({
      ...post,
      id: guid.startsWith('/') ? origin + guid : guid,
      url: origin + post.url,
      html: absoluteHtml(post.html, origin, post.url),
    })),
  };
}
