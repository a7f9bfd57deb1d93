import type { RequestHandler } from './$types';

/** The web manifest: the site's own name and icons. */
export const GET: RequestHandler = async ({ platform }) => {
  const { name, title, description, language } = await platform!.data.site();
  const manifest = {
    name: title,
    short_name: name,
    description,
    lang: language,
    start_url: '/',
    display: 'browser',
    background_color: '#f5f7f9',
    theme_color: '#f5f7f9',
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    ],
  };
  return new Response(JSON.stringify(manifest), { headers: { 'content-type': 'application/manifest+json' } });
};
