import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiPost, ApiPostSummary, ProblemDetails } from '@homepage/contract';
import { removeEntry } from '@homepage/site';
import { openTestApp, type TestApp } from '../../test-app.ts';

type List = { items: ApiPostSummary[]; nextCursor: string | null };

let api: TestApp;
beforeAll(async () => {
  api = await openTestApp({ pages: false });
  for (let index = 0; index < 25; index++) {
    // Five posts a day: equal dates must not lose or repeat a post between pages.
    const publishedAt = new Date(Date.UTC(2026, 0, 1 + Math.floor(index / 5)));
    await api.post(`post-${index}`, { publishedAt, tags: index % 2 ? ['odd'] : ['even', 'C++'] });
  }
  await api.post('a-draft', { status: 'draft' });
  await api.post('tomorrow', { publishedAt: new Date(Date.now() + 86_400_000) });
  await api.post('removed');
  await removeEntry(api.site.db, 'post', 'removed', 'It was wrong.');
});
afterAll(() => api.close());

const cursorOf = (text: string): string => Buffer.from(text).toString('base64url');

async function get<T>(url: string): Promise<{ status: number; body: T; headers: Record<string, unknown> }> {
  const response = await api.app.inject({ url });
  return { status: response.statusCode, body: response.json() as T, headers: response.headers };
}

describe('GET /api/v1/posts', () => {
  test('pages through every visible post once, newest first', async () => {
    const seen: ApiPostSummary[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `&cursor=${cursor}` : '';
      const { body }: { body: List } = await get<List>(`/api/v1/posts?limit=7${query}`);
      seen.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen.map((post) => post.slug).toSorted()).toEqual(
      Array.from({ length: 25 }, (_, index) => `post-${index}`).toSorted(),
    );
    const dates = seen.map((post) => post.publishedAt);
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  test('has the documented shape', async () => {
    const { body } = await get<List>('/api/v1/posts?limit=1');
    expect(body.items[0]).toEqual({
      slug: 'post-24',
      title: 'post-24',
      description: 'The text of post-24.',
      publishedAt: '2026-01-05T00:00:00.000Z',
      updatedAt: null,
      tags: ['even', 'C++'],
      url: '/posts/post-24',
    });
  });

  test.each([
    ['limit=0', 'querystring.limit'],
    ['limit=101', 'querystring.limit'],
    ['limit=many', 'querystring.limit'],
    ['cursor=nonsense', 'querystring.cursor'],
    [`cursor=${'x'.repeat(5000)}`, 'querystring.cursor'],
    ['cursor=', 'querystring.cursor'],
    [`cursor=${cursorOf('8640000000000000.1')}`, 'querystring.cursor'],
    [`cursor=${cursorOf('-8640000000000000.1')}`, 'querystring.cursor'],
    [`cursor=${cursorOf('1767225600000.')}`, 'querystring.cursor'],
    [`cursor=${cursorOf('1767225600000.a\0b')}`, 'querystring.cursor'],
    ['limit=1e1', 'querystring.limit'],
    ['limit=1&limit=2', 'querystring.limit'],
    ['limit=%zz', 'querystring.limit'],
    ['page=2', 'querystring.page'],
    ['__proto__=1', 'querystring.__proto__'],
    ['%ff=1', 'querystring.%ff'],
  ])('?%s is refused and the field is named', async (query, field) => {
    const { status, body, headers } = await get<ProblemDetails>(`/api/v1/posts?${query}`);
    expect(status).toBe(400);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body.field).toBe(field);
    expect(body.fix).not.toBe('');
  });
});

describe('GET /api/v1/posts/<slug>', () => {
  test('adds the text, its headings and the neighbours', async () => {
    await api.post('with-text', {
      publishedAt: new Date('2026-01-02T12:00:00Z'),
      markdown: '## A part\n\nSome *words*.',
    });
    const { status, body } = await get<ApiPost>('/api/v1/posts/with-text');
    expect(status).toBe(200);
    expect(body.html).toContain('<em>words</em>');
    expect(body.headings).toEqual([{ id: 'a-part', text: 'A part', depth: 2 }]);
    expect(body.previous).toEqual({ title: 'post-9', url: '/posts/post-9' });
    expect(body.next).toEqual({ title: 'post-10', url: '/posts/post-10' });
    await removeEntry(api.site.db, 'post', 'with-text', 'test');
  });

  test.each(['a-draft', 'tomorrow', 'never-was'])('%s is not found', async (slug) => {
    const { status, body } = await get<ProblemDetails>(`/api/v1/posts/${slug}`);
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });

  test('a removed post is gone, with the reason', async () => {
    const { status, body } = await get<ProblemDetails>('/api/v1/posts/removed');
    expect([status, body.code]).toEqual([410, 'GONE']);
    expect(body.detail).toContain('It was wrong.');
  });
});

test.each([
  ['DELETE', '/api/v1/posts', 405],
  ['POST', '/api/v1/posts/post-1', 405],
  ['PUT', '/api/v1/nothing', 404],
] as const)('%s %s is a %i', async (method, url, status) => {
  const response = await api.app.inject({ method, url });
  expect(response.statusCode).toBe(status);
  expect(response.headers['allow']).toBe(status === 405 ? 'GET, HEAD, OPTIONS' : undefined);
});

test('an unknown address under /api is a problem, not a page', async () => {
  const { status, body } = await get<ProblemDetails>('/api/v1/nothing');
  expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
});
