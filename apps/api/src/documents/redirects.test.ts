import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceRedirects } from '@homepage/site';
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
