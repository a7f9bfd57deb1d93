/** What search engines and link previews read. The server alone writes it: they never see a page change in a browser. */
import type { SiteInfo } from '@homepage/contract';

export type About = {
  title: string;
  description: string;
  type: 'website' | 'article' | 'profile';
  /** path of the page */
  path: string;
  /** where search engines list it; null: here */
  canonical?: string | null;
  /** ISO 8601 UTC; articles only */
  published?: string;
  changed?: string | null;
};

export function metaTags(site: SiteInfo, about: About): string {
  const address = about.canonical ?? site.origin + about.path;
  const description = about.description || site.description;
  const tags = [
    named('description', description),
    `<link rel="canonical" href="${escape(address)}">`,
    feed('application/rss+xml', site.name, `${site.origin}/rss.xml`),
    feed('application/feed+json', site.name, `${site.origin}/feed.json`),
    property('og:type', about.type),
    property('og:title', about.title || site.title),
    property('og:description', description),
    property('og:url', address),
    property('og:site_name', site.name),
    property('og:image', `${site.origin}${picture(about)}`),
    property('og:image:width', '1200'),
    property('og:image:height', '630'),
    property('og:image:alt', about.title || site.title),
    named('twitter:card', 'summary_large_image'),
    about.published && property('article:published_time', about.published),
    about.changed && property('article:modified_time', about.changed),
  ];
  return tags.filter(Boolean).join('');
}

/** A post has one of its own, with its title. */
const picture = ({ type, path }: About) => `/og${type === 'article' ? path : '/site'}.png`;

const feed = (type: string, title: string, href: string) =>
  `<link rel="alternate" type="${type}" title="${escape(title)}" href="${escape(href)}">`;
const named = (name: string, content: string) => `<meta name="${name}" content="${escape(content)}">`;
const property = (name: string, content: string) => `<meta property="${name}" content="${escape(content)}">`;

const entities: Record<string, string> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };
const escape = (text: string) => text.replaceAll(/[&"<>]/g, (sign) => entities[sign]!);
