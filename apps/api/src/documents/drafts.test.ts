/** Links to drafts: who has one sees the page, and nobody else learns of it. */
import { pino } from 'pino';
import { Writable } from 'node:stream';
import { Keyring } from '@homepage/platform';
import { draftLink, removeEntry, saveEntry, search, type EntryInput } from '@homepage/site';
import { makeEntry } from '@homepage/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../test-app.ts';

const SECRET_WORD = 'zanzibar';
const hour = 3600 * 1000;
const inAnHour = new Date(Math.floor(Date.now() / 1000) * 1000 + hour);
let logged = '';
const reported: string[] = [];
let site: TestApp;

beforeAll(async () => {
  const log = pino(
    { level: 'trace' },
    new Writable({ write: (chunk, _, done) => ((logged += chunk), done()) }),
  );
  site = await openTestApp({ pages: true, log, report: (_error, where) => reported.push(where) });
  await site.post('first', { publishedAt: new Date('2025-01-01'), series: 'Letters', tags: ['Ink'] });
  const text = { description: `About ${SECRET_WORD}.`, markdown: `## Where\n\nIn ${SECRET_WORD}.\n` };
  await site.post('draft', {
    ...text,
    title: 'A draft',
    status: 'draft',
    publishedAt: null,
    series: 'Letters',
    tags: ['Ink'],
    frontMatter: { canonical_url: 'https://elsewhere.example/draft' },
  });
  await site.post('later', { ...text, title: 'Later', publishedAt: new Date(Date.now() + 48 * hour) });
  await save({ ...text, kind: 'page', slug: 'hidden', title: 'Hidden page', status: 'draft' });
  await save({ ...text, kind: 'project', slug: 'plan', title: 'Hidden project', status: 'draft' });
});
afterAll(() => site.close());

const save = async (entry: Partial<EntryInput> & { slug: string }): Promise<unknown> =>
  saveEntry(site.site.db, makeEntry({ publishedAt: null, ...entry }));
const link = (slug: string, kind: EntryInput['kind'] = 'post', expires = inAnHour): string =>
  draftLink(site.keyring, { kind, slug }, expires);
const get = (url: string) => site.app.inject({ url, headers: { accept: 'text/html' } });

describe('a good link', () => {
  test.each([
    ['post', 'draft', 'A draft', 'A draft, shown to whoever'],
    ['post', 'later', 'Later', 'Scheduled, and shown to whoever'],
    ['page', 'hidden', 'Hidden page', 'A draft, shown to whoever'],
    ['project', 'plan', 'Hidden project', 'A draft, shown to whoever'],
  ] as const)('shows a %s (%s) with a note, for no search engine', async (kind, slug, title, note) => {
    const { statusCode, headers, body } = await get(link(slug, kind));
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
    expect(body).toContain(`>${title}</h1>`);
    expect(body).toContain(SECRET_WORD);
    expect(body.replaceAll(/\s+/g, ' ')).toContain(note);
    expect(body).toContain(`datetime="${inAnHour.toISOString()}"`);
    expect(body).toContain('Not public.');
    expect(body).toContain('<meta name="robots" content="noindex"');
    expect(body).toContain('<meta name="referrer" content="no-referrer"');
    expect(body).not.toMatch(/rel="canonical"|og:url|og:image|application\/ld\+json/);
  });

  test('shows it as its page will: neighbours, series, related posts', async () => {
    const { body } = await get(link('draft'));
    expect(body).toContain('Part 2 of 2');
    expect(body.match(/href="\/posts\/first"/g)?.length).toBeGreaterThanOrEqual(3);
    await save({ slug: 'twin', title: 'Twin', status: 'draft', markdown: 'Same.\n' });
    const draft = await get(link('twin'));
    await save({ slug: 'twin', title: 'Twin', publishedAt: new Date(), markdown: 'Same.\n' });
    site.documents.invalidate();
    const article = /<article class="h-entry">[^]*<\/article>/;
    const page = await get('/posts/twin');
    expect(dateless(article.exec(draft.body)![0])).toBe(dateless(article.exec(page.body)![0]));
    await removeEntry(site.site.db, 'post', 'twin', '');
  });

  test('the same for client navigation', async () => {
    const { statusCode, headers, body } = await get(`${link('draft')}/__data.json`);
    expect([statusCode, headers['cache-control'], headers['referrer-policy']]).toEqual([
      200,
      'no-store',
      'no-referrer',
    ]);
    expect(body).toContain(SECRET_WORD);
  });

  test('shows what the entry has now, and leads to its page once that is public', async () => {
    await save({ slug: 'moving', title: 'Moving', status: 'draft', markdown: 'Before.\n' });
    const address = link('moving');
    expect((await get(address)).body).toContain('Before.');
    await save({ slug: 'moving', title: 'Moving', status: 'draft', markdown: 'After.\n' });
    expect((await get(address)).body).toContain('After.');
    await save({ slug: 'moving', title: 'Moving', publishedAt: new Date('2025-02-01'), markdown: 'Out.\n' });
    const { statusCode, headers } = await get(address);
    expect([statusCode, headers['location'], headers['cache-control']]).toEqual([
      308,
      '/posts/moving',
      'no-store',
    ]);
    await removeEntry(site.site.db, 'post', 'moving', '');
    expect((await get(address)).statusCode).toBe(404);
  });
});

test('a link that is wrong, has ended, or names nothing: one and the same 404', async () => {
  const good = link('draft');
  const other = new Keyring({ current: Buffer.alloc(32, 1), previous: undefined });
  const bodies: string[] = [];
  // One after the other: the site makes four at once and tells others to come again when these take long.
  for (const url of [
    '/preview/nonsense',
    `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
    link('draft', 'post', new Date(Date.now() - 1000)),
    link('no-such-post'),
    link('draft', 'page'),
    draftLink(other, { kind: 'post', slug: 'draft' }, inAnHour),
    `/preview/${site.keyring.sign('session', 'post/draft', inAnHour)}`,
    `/preview/${site.keyring.sign('preview', 'post', inAnHour)}`,
    `/preview/${site.keyring.sign('preview', 'x/../draft', inAnHour)}`,
  ]) {
    const { statusCode, headers, body } = await get(url);
    expect([url, statusCode, headers['cache-control'], headers['referrer-policy']]).toEqual([
      url,
      404,
      'no-store',
      'no-referrer',
    ]);
    bodies.push(body);
  }
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toContain('This link has ended');
  expect(bodies[0]).not.toContain(SECRET_WORD);
  const data = await get('/preview/nonsense/__data.json');
  expect([data.statusCode, data.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(data.body).toContain('This link has ended');
});

test('nothing else shows drafts', async () => {
  await get(link('draft'));
  for (const url of [
    '/',
    '/posts',
    '/posts/draft',
    '/projects',
    '/projects/plan',
    '/hidden',
    '/tags/ink',
    '/series/letters',
    '/archive',
    '/rss.xml',
    '/feed.json',
    '/sitemap.xml',
    '/api/v1/posts',
    '/api/v1/posts/draft',
    `/search?q=${SECRET_WORD}`,
    `/api/v1/search?q=${SECRET_WORD}`,
    '/og/posts/draft.png',
  ])
    expect([url, /preview\/|A draft|Hidden p/.test((await get(url)).body)]).toEqual([url, false]);
  const found = await search(site.site.db, SECRET_WORD, { language: 'en', limit: 5, offset: 0 });
  expect(found.total).toBe(0);
});

test('it is kept nowhere: not in memory, not for other replicas', async () => {
  const before = site.documents.stats().entries;
  await get(link('draft'));
  await get(`${link('later')}/__data.json`);
  expect(site.documents.stats().entries).toBe(before);
});

test('no token is in logs or measurements, also when its page fails', async () => {
  const { keyring } = site;
  const failing = keyring.sign('preview', 'post/\0', inAnHour); // PostgreSQL takes no NUL
  expect((await get(`/preview/${failing}`)).statusCode).toBe(500);
  expect(reported).toEqual(['/preview/-']);
  await get(link('draft'));
  const shown = logged + (await site.registry.metrics());
  for (const token of [failing, link('draft').split('/')[2]!])
    expect(shown).not.toContain(token.slice(8, 30));
});

const dateless = (html: string): string =>
  html.replaceAll(/datetime="[^"]*"/g, '').replaceAll(/<!--[^]*?-->/g, '');
