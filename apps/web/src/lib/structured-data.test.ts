import type { SiteInfo } from '@homepage/contract';
import { expect, test } from 'vitest';
import { describeSite } from './structured-data.ts';

test('a title cannot end the element', () => {
  const site = {
    title: '</script><script>alert(1)</script>',
    origin: 'https://example.dev',
    owner: { name: 'A', bio: '<!--', links: [] },
  } as unknown as SiteInfo;
  const html = describeSite(site);
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  expect(html).not.toContain('<!--');
  const json = html.replace(/^<script[^>]*>/, '').replace('</script>', '');
  expect(JSON.parse(json)).toMatchObject({ '@context': 'https://schema.org', name: site.title });
});
