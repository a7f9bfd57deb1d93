import { afterAll, beforeAll, expect, test } from 'vitest';
import { findElsewhere, listRedirects, removeEntry, replaceRedirects, saveEntry } from '@homepage/site';
import { makeEntry } from '@homepage/testkit';
import { openTestApp, type TestApp } from '../test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await openTestApp({ pages: true });
  await app.post('new', { aliases: ['/2019/03/04/old.html', '/old', '/posts/older'] });
  await replaceRedirects(
    app.site.db,
    new Map([
      ['/away', 'https://example.com/'],
      ['/chain', '/old'],
      ['/never', null],
      ['/posts/never', null],
    ]),
  );
});
afterAll(() => app.close());

const get = (url: string, method: 'GET' | 'HEAD' = 'GET') => app.app.inject({ method, url });

test.each([
  ['/2019/03/04/old.html', '/posts/new'],
  ['/old', '/posts/new'],
  ['/posts/older', '/posts/new'],
  ['/old?utm=x&a=b', '/posts/new?utm=x&a=b'],
  ['/2019/03/04/old.html/', '/posts/new'],
  ['/away', 'https://example.com/'],
  ['/chain', '/posts/new'],
])('%s leads to %s for good', async (from, to) => {
  for (const method of ['GET', 'HEAD'] as const) {
    const answer = await get(from, method);
    expect(answer.statusCode).toBe(308);
    expect(answer.headers.location).toBe(to);
    expect(answer.headers['content-type']).toBeUndefined();
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  }
});

test('what is gone says so', async () => {
  expect((await get('/never')).statusCode).toBe(410);
  expect((await get('/posts/never')).statusCode).toBe(410);
});

test('client navigation follows too', async () => {
  expect((await get('/old/__data.json')).json()).toMatchObject({ type: 'redirect', location: '/posts/new' });
});

test('a post for later is no goal, and its address stays unknown', async () => {
  await app.post('future', { publishedAt: new Date('2999-01-01'), aliases: ['/to-future'] });
  const answer = await get('/to-future');
  expect([answer.statusCode, answer.headers.location]).toEqual([404, undefined]);
});

test('an alias that was taken comes back when its taker goes', async () => {
  const [first, second] = [
    makeEntry({ slug: 'first', aliases: ['/shared'] }),
    makeEntry({ slug: 'second', aliases: ['/shared'] }),
  ];
  await saveEntry(app.site.db, first);
  await saveEntry(app.site.db, second);
  expect(await findElsewhere(app.site.db, '/shared')).toMatchObject({ url: '/posts/first' });
  await removeEntry(app.site.db, 'post', 'first', 'It was a draft.');
  expect(await saveEntry(app.site.db, second)).toBe('unchanged');
  expect(await findElsewhere(app.site.db, '/shared')).toMatchObject({ url: '/posts/second' });
});

test('ten redirects in a row are followed to their end; eleven are refused as too many', async () => {
  const chain = (length: number): Map<string, string> =>
    new Map(Array.from({ length }, (_step, n) => [`/step-${n}`, `/step-${n + 1}`]));
  const before = await listRedirects(app.site.db);
  await replaceRedirects(app.site.db, chain(10));
  expect(await findElsewhere(app.site.db, '/step-0')).toMatchObject({ url: '/step-10' });
  await expect(replaceRedirects(app.site.db, chain(11))).rejects.toMatchObject({
    code: 'REDIRECT_LOOP',
    message: expect.stringContaining('takes more than 10 steps'),
  });
  await replaceRedirects(app.site.db, before);
});

test('thousands of redirects are stored', async () => {
  const before = await listRedirects(app.site.db);
  const many = new Map(Array.from({ length: 25_000 }, (_row, n) => [`/many/${n}`, '/about']));
  await replaceRedirects(app.site.db, many);
  expect(await findElsewhere(app.site.db, '/many/24999')).toMatchObject({ url: '/about' });
  await replaceRedirects(app.site.db, before);
});

test('a living page is never covered, and a draft is no goal', async () => {
  await app.post('living', {});
  await app.post('hidden', { status: 'draft', aliases: ['/to-draft'] });
  await replaceRedirects(app.site.db, new Map([['/posts/living', '/about']]));
  expect((await get('/posts/living')).statusCode).toBe(200);
  expect((await get('/to-draft')).statusCode).toBe(404);
});

test('circles are refused', async () => {
  const circle = new Map([
    ['/a', '/b'],
    ['/b', '/a'],
  ]);
  await expect(replaceRedirects(app.site.db, circle)).rejects.toMatchObject({
    code: 'REDIRECT_LOOP',
    message: 'The redirect of /a never ends: /a → /b → /a.',
  });
});
