import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../../test-app.ts';
import { securityTxt } from './security-txt.ts';
import { sitemap } from './sitemap.ts';

let site: TestApp;
beforeAll(async () => {
  site = await openTestApp({ pages: false });
  await site.post('old', { publishedAt: new Date('2026-01-01T00:00:00Z'), tags: ['a&b'], series: 'Parts' });
  await site.post('changed', {
    publishedAt: new Date('2025-01-01T00:00:00Z'),
    updatedAt: new Date('2026-03-01T00:00:00Z'),
  });
  await site.post('hidden', { status: 'draft' });
  await site.post('later', { publishedAt: new Date('2999-01-01T00:00:00Z') });
});
afterAll(() => site.close());

test('the sitemap has every page once, with the day it really changed', async () => {
  const { body, headers } = await site.app.inject('/sitemap.xml');
  expect(headers['content-type']).toBe('application/xml; charset=utf-8');
  expect(XMLValidator.validate(body)).toBe(true);
  const { urlset } = new XMLParser().parse(body) as { urlset: { url: { loc: string; lastmod?: string }[] } };
  const days = Object.fromEntries(
    urlset.url.map(({ loc, lastmod }) => [
      loc.replace('http://site.test', ''),
      lastmod?.slice(0, 10) ?? null,
    ]),
  );
  expect(days).toEqual({
    '/': '2026-03-01',
    '/about': null,
    '/posts': '2026-03-01',
    '/projects': null,
    '/tags': '2026-03-01',
    '/archive': '2026-03-01',
    '/platform': null,
    '/privacy': null,
    '/posts/old': '2026-01-01',
    '/posts/changed': '2026-03-01',
    '/tags/a-b': '2026-01-01',
    '/series/parts': '2026-01-01',
  });
  expect(urlset.url).toHaveLength(12);
});

test('above 50,000 addresses it is divided', () => {
  const entries = Array.from({ length: 100_001 }, (_entry, n) => ({ path: `/posts/${n}`, changed: null }));
  expect(sitemap(entries, 'https://a.b', null)).toContain('<loc>https://a.b/sitemap-3.xml</loc>');
  expect(sitemap(entries, 'https://a.b', 1)!.match(/<url>/g)).toHaveLength(50_000);
  expect(sitemap(entries, 'https://a.b', 3)!.match(/<url>/g)).toHaveLength(1);
  expect(sitemap(entries, 'https://a.b', 4)).toBeUndefined();
  expect(sitemap(entries.slice(0, 3), 'https://a.b', 1)).toBeUndefined();
});

test('robots.txt names the sitemap', async () => {
  const { body, headers } = await site.app.inject('/robots.txt');
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(body).toContain('Sitemap: http://site.test/sitemap.xml');
  expect(body).not.toMatch(/^Disallow: \/$/m);
});

test('security.txt says whom to write to, and until when that holds', async () => {
  const { body } = await site.app.inject('/.well-known/security.txt');
  expect(body).toMatch(/^Contact: (mailto:|https:\/\/)/m);
  const config = { owner: { email: 'me@a.b', github: 'me' }, language: 'pt-BR' } as Parameters<
    typeof securityTxt
  >[0];
  expect(securityTxt(config, 'https://a.b', new Date('2026-11-23T10:00:00Z'))).toBe(
    'Contact: mailto:me@a.b\nExpires: 2027-04-30T00:00:00Z\nPreferred-Languages: pt\nCanonical: https://a.b/.well-known/security.txt\n',
  );
});
