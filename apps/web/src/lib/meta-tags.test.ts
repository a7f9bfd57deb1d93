import type { SiteInfo } from '@homepage/contract';
import { expect, test } from 'vitest';
import { metaTags } from './meta-tags.ts';

const site = {
  title: 'A site',
  name: 'A',
  description: 'About it.',
  origin: 'https://example.dev',
} as SiteInfo;

test('a title cannot leave its attribute', () => {
  const tags = metaTags(site, { title: '"><script>', description: '', type: 'website', path: '/posts' });
  expect(tags).toContain('content="&quot;&gt;&lt;script&gt;"');
  expect(tags).not.toContain('<script');
});

test('what a page does not say, the site says', () => {
  const tags = metaTags(site, { title: '', description: '', type: 'website', path: '/' });
  expect(tags).toContain('<meta name="description" content="About it.">');
  expect(tags).toContain('<meta property="og:title" content="A site">');
  expect(tags).toContain('<link rel="canonical" href="https://example.dev/">');
  expect(tags).not.toContain('article:');
});
