/** What is rendered, kept and sent like a page, but is none: feeds, the sitemap and the like. */
import type { Kysely } from 'kysely';
import type { SiteConfig } from '@homepage/platform/config';
import type { Previews, Tables } from '@homepage/site';
import { discovery } from '../features/discovery/addresses.ts';
import { feeds } from '../features/feeds/addresses.ts';
import { previews } from '../features/preview/addresses.ts';

export type SourceContext = { db: Kysely<Tables>; config: SiteConfig; origin: string; previews: Previews };

export type DocumentSource = {
  /** as routes */
  addresses: string[];
  /** Undefined when it has nothing at this address. */
  render(url: URL, context: SourceContext): Promise<Response | undefined>;
};

const sources: DocumentSource[] = [feeds, discovery, previews];

export const SOURCE_ADDRESSES = sources.flatMap(({ addresses }) => addresses);

/** Asks each source in turn, then the pages. */
export function withSources(
  context: SourceContext,
  pages: (url: URL) => Promise<Response>,
): (url: URL) => Promise<Response> {
  return async (url) => {
    for (const source of sources) {
      const response = await source.render(url, context);
      if (response) return response;
    }
    return pages(url);
  };
}
