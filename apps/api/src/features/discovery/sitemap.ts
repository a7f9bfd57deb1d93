/** https://www.sitemaps.org/protocol.html */
import type { SitemapEntry } from '@homepage/site';

/** of the protocol */
const MOST = 50_000;
const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

/**
 * @param part from 1; null is /sitemap.xml itself, which lists the parts when there is more than one
 * @returns undefined when there is no such part
 */
export function sitemap(entries: SitemapEntry[], origin: string, part: number | null): string | undefined {
  const parts = Math.ceil(entries.length / MOST);
  if (part === null) return parts === 1 ? urlSet(entries, origin) : index(parts, origin);
  if (parts === 1 || part > parts) return undefined;
  return urlSet(entries.slice((part - 1) * MOST, part * MOST), origin);
}

function urlSet(entries: SitemapEntry[], origin: string): string {
  const urls = entries.map(({ path, changed }) => {
    const lastmod = changed ? `<lastmod>${changed.toISOString()}</lastmod>` : '';
    return `<url><loc>${escape(origin + path)}</loc>${lastmod}</url>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset ${NAMESPACE}>\n${urls.join('')}</urlset>\n`;
}

function index(parts: number, origin: string): string {
  const all = Array.from(
    { length: parts },
    (_part, number) => `<sitemap><loc>${escape(origin)}/sitemap-${number + 1}.xml</loc></sitemap>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex ${NAMESPACE}>\n${all.join('')}</sitemapindex>\n`;
}

/** Paths are percent-encoded: these are all that XML minds in them. */
const escape = (url: string): string => url.replaceAll('&', '&amp;').replaceAll("'", '&apos;');
