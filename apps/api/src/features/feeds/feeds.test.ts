import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../../test-app.ts';
import { absoluteHtml } from './absolute.ts';

let site: TestApp;
beforeAll(async () => {
  site = await openTestApp({ pages: false });
  await site.post('first', {
    title: 'Ampersands & <tags> "quoted"\u0007 ]]> \u{1F6F6}',
    tags: ['C++', 'web'],
    markdown: 'A [link](/posts/second#x) and ![p](/media/x.png).\n\n## Heading\n\n`]]>` \u0001 end',
    publishedAt: new Date('2026-01-01T10:00:00Z'),
    updatedAt: new Date('2026-02-01T10:00:00Z'),
  });
  await site.post('second', { publishedAt: new Date('2026-01-02T10:00:00Z'), guid: '/posts/second-once' });
  await site.post('hidden', { status: 'draft' });
  for (let n = 0; n < 25; n++) await site.post(`old-${n}`, { publishedAt: new Date(2020, 0, n + 1) });
});
afterAll(() => site.close());

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  site.app.inject({ method, url, headers });
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', htmlEntities: true });

type Rss = { rss: { channel: { item: Record<string, unknown>[]; 'atom:link': Record<string, string> } } };
type Atom = { feed: { id: string; updated: string; entry: Record<string, unknown>[] } };

async function xml<T>(url: string): Promise<T> {
  const { body, statusCode } = await get(url);
  expect(statusCode).toBe(200);
  expect(XMLValidator.validate(body)).toBe(true);
  return parser.parse(body) as T;
}

describe('RSS', () => {
  test('has the newest twenty, whole, with addresses that work anywhere', async () => {
    const { channel } = (await xml<Rss>('/rss.xml')).rss;
    expect(channel.item).toHaveLength(20);
    expect(channel['atom:link']['@href']).toBe('http://site.test/rss.xml');
    const [second, first] = channel.item;
    expect(second).toMatchObject({
      link: 'http://site.test/posts/second',
      guid: { '#text': 'http://site.test/posts/second-once', '@isPermaLink': 'false' },
      pubDate: 'Fri, 02 Jan 2026 10:00:00 GMT',
    });
    expect(first).toMatchObject({ title: 'Ampersands & <tags> "quoted" ]]> 🛶', category: ['C++', 'web'] });
    const html = String(first!['content:encoded']);
    expect(html).toContain('href="http://site.test/posts/second#x"');
    expect(html).toContain('src="http://site.test/media/x.png"');
    expect(html).toContain('href="http://site.test/posts/first#heading"');
    expect(html).not.toMatch(/(href|src)="[/#]/);
  });

  test('says its type, when it changed, and answers 304', async () => {
    const { headers } = await get('/rss.xml', { 'accept-encoding': 'br' });
    expect(headers).toMatchObject({
      'content-type': 'application/rss+xml; charset=utf-8',
      'content-encoding': 'br',
      'last-modified': 'Sun, 01 Feb 2026 10:00:00 GMT',
      'x-content-type-options': 'nosniff',
    });
    expect((await get('/rss.xml', { 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
    const head = await get('/rss.xml', {}, 'HEAD');
    expect([head.statusCode, head.body]).toEqual([200, '']);
  });
});

test('Atom has an id, a title and a date for the feed and for each entry', async () => {
  const { feed } = await xml<Atom>('/atom.xml');
  expect(feed).toMatchObject({ id: 'http://site.test/atom.xml', updated: '2026-02-01T10:00:00.000Z' });
  const ids = feed.entry.map((entry) => entry['id']);
  expect(new Set(ids).size).toBe(20);
  for (const entry of feed.entry) {
    for (const field of ['id', 'title', 'updated', 'published', 'summary', 'content', 'link'])
      expect(entry[field], field).toBeTruthy();
    expect(String(entry['updated']) >= String(entry['published'])).toBe(true);
  }
});

test('JSON Feed 1.1', async () => {
  const { headers, body } = await get('/feed.json');
  expect(headers['content-type']).toBe('application/feed+json; charset=utf-8');
  const feed = JSON.parse(body) as { items: Record<string, unknown>[] };
  expect(feed).toMatchObject({
    version: 'https://jsonfeed.org/version/1.1',
    feed_url: 'http://site.test/feed.json',
    home_page_url: 'http://site.test/',
  });
  expect(feed.items[1]).toMatchObject({
    id: 'http://site.test/posts/first',
    tags: ['C++', 'web'],
    date_published: '2026-01-01T10:00:00.000Z',
    date_modified: '2026-02-01T10:00:00.000Z',
  });
});

test('a tag has feeds of its own, and none that does not exist', async () => {
  const { channel } = (await xml<Rss>('/tags/c-plus-plus/rss.xml')).rss;
  expect([channel.item].flat()).toHaveLength(1);
  expect((await get('/tags/web/feed.json')).statusCode).toBe(200);
  for (const url of ['/tags/nothing/rss.xml', '/tags/web/rss.xml/x', '/tags/%00/rss.xml'])
    expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
});

test('an empty site has feeds too', async () => {
  const empty = await openTestApp({ pages: false });
  for (const url of ['/rss.xml', '/atom.xml']) {
    const { body, statusCode } = await empty.app.inject(url);
    expect([statusCode, XMLValidator.validate(body)]).toEqual([200, true]);
  }
  expect(JSON.parse((await empty.app.inject('/feed.json')).body)).toMatchObject({ items: [] });
  await empty.close();
});

test.each([
  ['<a href="#x">', '<a href="https://a.b/posts/p#x">'],
  [
    '<img src="/m/a.png" srcset="/m/a.avif 1x, /m/b.avif 2x">',
    '<img src="https://a.b/m/a.png" srcset="https://a.b/m/a.avif 1x, https://a.b/m/b.avif 2x">',
  ],
  ['<a href="//c.d/">', '<a href="//c.d/">'],
  ['<a href="https://c.d/">', '<a href="https://c.d/">'],
])('%s', (before, after) => {
  expect(absoluteHtml(before, 'https://a.b', '/posts/p')).toBe(after);
});
