import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemDetails } from '@homepage/contract';
import { indexEntries } from '@homepage/site';
import { openTestApp, type TestApp } from '../../test-app.ts';

type List = {
  items: { slug: string; excerpt: { text: string; found: boolean }[] }[];
  nextCursor: string | null;
  total: number;
  corrected: string | null;
};

let api: TestApp;
beforeAll(async () => {
  api = await openTestApp({ pages: true });
  for (let n = 0; n < 25; n++) {
    const publishedAt = new Date(Date.UTC(2026, 0, 1 + n));
    await api.post(`boat-${n}`, { markdown: `A boat on the fjord, number ${n}. <b>&amp;</b>`, publishedAt });
  }
  await indexEntries(api.site.db, 'en');
});
afterAll(() => api.close());

const get = async <T>(url: string) => {
  const response = await api.app.inject({ url });
  return { status: response.statusCode, headers: response.headers, body: response.json<T>() };
};

describe('GET /api/v1/search', () => {
  test('gives every hit once, page by page', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `&cursor=${cursor}` : '';
      const { body }: { body: List } = await get<List>(`/api/v1/search?q=boats&limit=10${query}`);
      expect(body.total).toBe(25);
      seen.push(...body.items.map(({ slug }) => slug));
      cursor = body.nextCursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(25);
    expect(seen[0]).toBe('boat-24');
  });

  test('is cached by nobody here, and says what it corrected', async () => {
    const before = api.documents.stats().entries;
    const { body, headers } = await get<List>('/api/v1/search?q=fjrod');
    expect(body).toMatchObject({ corrected: 'fjord', total: 25 });
    expect(headers['etag']).toBeDefined();
    expect(api.documents.stats().entries).toBe(before);
  });

  test.each([
    ['', 'querystring.q'],
    ['q=', 'querystring.q'],
    [`q=${'x'.repeat(10_000)}`, 'querystring.q'],
    ['q=a&limit=0', 'querystring.limit'],
    ['q=a&cursor=zzz', 'querystring.cursor'],
    [`q=a&cursor=${Buffer.from('from 1000').toString('base64url')}`, 'querystring.cursor'],
    ['q=a&page=2', 'querystring.page'],
  ])('?%s is refused, and the field is named', async (query, field) => {
    const { status, body } = await get<ProblemDetails>(`/api/v1/search?${query}`);
    expect([status, body.field]).toEqual([400, field]);
  });
});

describe('/search', () => {
  const page = async (query: string) => {
    const { statusCode, body } = await api.app.inject({ url: `/search${query}` });
    expect(statusCode).toBe(200);
    return body;
  };

  test('works as a plain form, and its address can be shared', async () => {
    const html = await page('?q=boat');
    expect(html).toContain('25 texts have “boat”.');
    expect(html).toContain('value="boat"');
    expect(html).toMatch(/<mark[^>]*>boat<\/mark>/);
    expect(html).toContain('noindex');
    expect(html.match(/href="\/posts\/boat-/g)).toHaveLength(20);
    expect(html).toContain('href="/search?q=boat&amp;page=2"');
    expect((await page('?q=boat&page=2')).match(/href="\/posts\/boat-/g)).toHaveLength(5);
  });

  test.each([
    ['', 'Words in any form'],
    ['?q=', 'Words in any form'],
    ['?q=%20', 'Words in any form'],
    ['?q=nothinghere', 'Nothing has “nothinghere”.'],
    ['?q=%22%3Cscript%3E', '&lt;script>'],
    [`?q=${'x'.repeat(500)}`, 'That is too long'],
    ['?q=boat&page=9999', 'Nothing has'],
    ['?q=%00', 'Words in any form'],
    ['?q=%ff', 'Nothing has'],
  ])('%s', async (query, text) => {
    expect(await page(query)).toContain(text);
  });
});
