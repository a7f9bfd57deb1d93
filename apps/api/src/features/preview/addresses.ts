/** /og/posts/<slug>.png and /og/site.png: what a link to the site looks like elsewhere. */
import { hexColour, type SiteConfig } from '@homepage/platform/config';
import { findPreview } from '@homepage/site';
import type { DocumentSource } from '../../documents/sources.ts';

const ADDRESS = /^\/og\/(?:site|posts\/([^/]+))\.png$/;

export const previews: DocumentSource = {
  addresses: ['/og/site.png', '/og/posts/:file'],
  async render({ pathname }, { db, config, previews: pictures }) {
    const match = ADDRESS.exec(pathname);
    if (!match) return undefined;
    const site = {
      site: config.domain,
      accent: hexColour(0.4, 0.14, config.theme.accentHue ?? 27),
      mark: config.theme.mark ?? null,
    };
    if (match[1] === undefined)
      return answer(await pictures.draw({ ...site, title: config.title ?? config.name, date: '' }));
    const post = await findPreview(db, decodeURIComponent(match[1]));
    if (!post) return undefined;
    return answer(await pictures.draw({ ...site, title: post.title, date: day(post.publishedAt, config) }));
  },
};

const day = (date: Date, { language, timeZone }: SiteConfig): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone }).format(date);

const answer = (picture: Buffer): Response =>
  new Response(new Uint8Array(picture), { headers: { 'content-type': 'image/png' } });
