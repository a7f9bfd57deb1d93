/** Everything may be read; answers of programs and lists of searches are no pages to be found. */
export const robots = (origin: string): string =>
  `User-agent: *
Disallow: /api/
Disallow: /admin/
Disallow: /preview/
Disallow: /search
Allow: /api/docs

Sitemap: ${origin}/sitemap.xml
`;
