/** The three formats. RSS 2.0 (rssboard.org), Atom (RFC 4287), JSON Feed 1.1 (jsonfeed.org). */
import type { Feed } from './feed.ts';
import { element, field, xmlDocument } from './xml.ts';

/** A feed must have a date, and an empty site has none: the same one each time, so that it stays the same feed. */
const BEGINNING = new Date(0);

export function rss(feed: Feed): string {
  const items = feed.entries.map((entry) =>
    element(
      'item',
      {},
      field('title', entry.title),
      field('link', entry.url),
      field('guid', entry.id, { isPermaLink: 'false' }),
      field('pubDate', entry.publishedAt.toUTCString()),
      field('dc:creator', feed.author.name),
      ...entry.tags.map((tag) => field('category', tag)),
      field('description', entry.description),
      field('content:encoded', entry.html),
    ),
  );
  const namespaces = {
    'xmlns:atom': 'http://www.w3.org/2005/Atom',
    'xmlns:content': 'http://purl.org/rss/1.0/modules/content/',
    'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  };
  return xmlDocument(
    element(
      'rss',
      { version: '2.0', ...namespaces },
      element(
        'channel',
        {},
        field('title', feed.title),
        field('link', feed.home),
        field('description', feed.description),
        field('language', feed.language),
        field('lastBuildDate', (feed.updated ?? BEGINNING).toUTCString()),
        element('atom:link', { rel: 'self', type: 'application/rss+xml', href: feed.self }),
        ...items,
      ),
    ),
  );
}

export function atom(feed: Feed): string {
  const entries = feed.entries.map((entry) =>
    element(
      'entry',
      {},
      field('id', entry.id),
      field('title', entry.title),
      element('link', { rel: 'alternate', type: 'text/html', href: entry.url }),
      field('published', entry.publishedAt.toISOString()),
      field('updated', entry.updatedAt.toISOString()),
      ...entry.tags.map((tag) => element('category', { term: tag })),
      field('summary', entry.description),
      field('content', entry.html, { type: 'html' }),
    ),
  );
  return xmlDocument(
    element(
      'feed',
      { xmlns: 'http://www.w3.org/2005/Atom', 'xml:lang': feed.language },
      field('id', feed.self),
      field('title', feed.title),
      field('subtitle', feed.description),
      field('updated', (feed.updated ?? BEGINNING).toISOString()),
      element('author', {}, field('name', feed.author.name), field('uri', feed.author.url)),
      element('link', { rel: 'self', type: 'application/atom+xml', href: feed.self }),
      element('link', { rel: 'alternate', type: 'text/html', href: feed.home }),
      ...entries,
    ),
  );
}

export function jsonFeed(feed: Feed): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    description: feed.description,
    home_page_url: feed.home,
    feed_url: feed.self,
    language: feed.language,
    authors: [feed.author],
    items: feed.entries.map((entry) => ({
      id: entry.id,
      url: entry.url,
      title: entry.title,
      summary: entry.description,
      content_html: entry.html,
      date_published: entry.publishedAt.toISOString(),
      date_modified: entry.updatedAt.toISOString(),
      ...(entry.tags.length > 0 && { tags: entry.tags }),
    })),
  });
}
