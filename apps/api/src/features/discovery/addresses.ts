/** /sitemap.xml, /robots.txt and /.well-known/security.txt. */
import { sitemapEntries } from '@homepage/site';
import type { DocumentSource } from '../../documents/sources.ts';
import { robots } from './robots.ts';
import { securityTxt } from './security-txt.ts';
import { sitemap } from './sitemap.ts';

const PLAIN = 'text/plain; charset=utf-8';

export const discovery: DocumentSource = {
  addresses: ['/sitemap.xml', '/sitemap-:part.xml', '/robots.txt', '/.well-known/security.txt'],
  async render({ pathname }, { db, config, origin }) {
    const map = /^\/sitemap(?:-([1-9]\d{0,3}))?\.xml$/.exec(pathname);
    if (map) {
      const xml = sitemap(await sitemapEntries(db), origin, map[1] === undefined ? null : Number(map[1]));
      return xml === undefined ? undefined : answer(xml, 'application/xml; charset=utf-8');
    }
    if (pathname === '/robots.txt') return answer(robots(origin), PLAIN);
    if (pathname !== '/.well-known/security.txt') return undefined;
    const text = securityTxt(config, origin, new Date());
    return text === undefined ? undefined : answer(text, PLAIN);
  },
};

const answer = (body: string, type: string): Response =>
  new Response(body, { headers: { 'content-type': type } });
