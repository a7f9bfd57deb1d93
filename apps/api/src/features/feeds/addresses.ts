/** /rss.xml, /atom.xml and /feed.json: of everything, and below each tag. */
import { feedContent } from '@homepage/site';
import type { DocumentSource } from '../../documents/sources.ts';
import { makeFeed, type Feed } from './feed.ts';
import { atom, jsonFeed, rss } from './formats.ts';

const formats: Record<string, { type: string; write: (feed: Feed) => string }> = {
  'rss.xml': { type: 'application/rss+xml; charset=utf-8', write: rss },
  'atom.xml': { type: 'application/atom+xml; charset=utf-8', write: atom },
  'feed.json': { type: 'application/feed+json; charset=utf-8', write: jsonFeed },
};

const ADDRESS = /^\/(?:tags\/([^/]+)\/)?(rss\.xml|atom\.xml|feed\.json)$/;

export const feeds: DocumentSource = {
  addresses: Object.keys(formats).flatMap((file) => [`/${file}`, `/tags/:tag/${file}`]),
  async render({ pathname }, { db, config, origin }) {
    const [, tag, file] = ADDRESS.exec(pathname) ?? [];
    const format = formats[file ?? ''];
    if (!format) return undefined;
    const content = await feedContent(
      db,
      tag === undefined ? null : decodeURIComponent(tag).normalize('NFC'),
    );
    if (!content) return undefined;
    const feed = makeFeed(content, config, origin, pathname);
    return new Response(format.write(feed), {
      headers: {
        'content-type': format.type,
        ...(feed.updated && { 'last-modified': feed.updated.toUTCString() }),
      },
    });
  },
};
