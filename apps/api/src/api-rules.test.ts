import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemDetails } from '@homepage/contract';
import { openTestApp, type TestApp } from './test-app.ts';

const friend = 'https://friend.example';
const closed = { api: undefined as unknown as TestApp };
const open = { api: undefined as unknown as TestApp };
beforeAll(async () => {
  closed.api = await openTestApp({ pages: false });
  open.api = await openTestApp({ pages: false, config: { api: { readableFrom: [friend] } } });
  await closed.api.post('hello', { tags: ['a', 'b', 'c', 'd'] });
});
afterAll(async () => {
  await closed.api.close();
  await open.api.close();
});

const inject = (
  options: { url: string; method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST'; headers?: object },
  site = closed,
) => site.api.app.inject({ method: 'GET', ...options, headers: { ...options.headers } });
const corsHeaders = (headers: object): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('an answer that can be kept', () => {
  test('has an ETag, and is a 304 for who has it', async () => {
    const first = await inject({ url: '/api/v1/posts' });
    expect(first.headers['etag']).toMatch(/^W\/"/);
    const again = await inject({ url: '/api/v1/posts', headers: { 'if-none-match': first.headers['etag'] } });
    expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', first.headers['etag']]);
    await closed.api.post('news');
    const changed = await inject({
      url: '/api/v1/posts',
      headers: { 'if-none-match': first.headers['etag'] },
    });
    expect(changed.statusCode).toBe(200);
  });

  test('comes in brotli and gzip, and is the same', async () => {
    const encoded = async (name: string): Promise<Buffer> => {
      const response = await inject({ url: '/api/v1/posts', headers: { 'accept-encoding': name } });
      expect([response.headers['content-encoding'], response.headers['vary']]).toEqual([
        name,
        'accept-encoding',
      ]);
      return response.rawPayload;
    };
    const plain = (await inject({ url: '/api/v1/posts' })).body;
    expect(brotliDecompressSync(await encoded('br')).toString()).toBe(plain);
    expect(gunzipSync(await encoded('gzip')).toString()).toBe(plain);
  });

  test('is kept once, however its address is written', async () => {
    await inject({ url: '/api/v1/posts' });
    const before = closed.api.documents.stats().entries;
    for (const query of ['?', '?limit=20', '?limit=020', '?&limit=20']) {
      expect((await inject({ url: `/api/v1/posts${query}` })).statusCode).toBe(200);
    }
    expect(closed.api.documents.stats().entries).toBe(before);
  });

  test('is not kept when it says how the system is right now', async () => {
    const { headers } = await inject({ url: '/api/v1/platform' });
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('HEAD and OPTIONS', () => {
  test('HEAD has the headers of GET and no body', async () => {
    const get = await inject({ url: '/api/v1/posts/hello' });
    const head = await inject({ url: '/api/v1/posts/hello', method: 'HEAD' });
    expect([head.statusCode, head.body]).toEqual([200, '']);
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control']) {
      expect(head.headers[name], name).toBe(get.headers[name]);
    }
  });

  test('OPTIONS names the methods of an address that there is', async () => {
    const response = await inject({ url: '/api/v1/posts/hello', method: 'OPTIONS' });
    expect([response.statusCode, response.headers['allow'], response.body]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      '',
    ]);
    expect((await inject({ url: '/api/v1/nothing', method: 'OPTIONS' })).statusCode).toBe(404);
  });
});

describe('lists', () => {
  test.each(['tags', 'pages', 'projects'])('%s are paged with the same limits', async (name) => {
    for (const slug of ['one', 'two', 'three']) {
      if (name !== 'tags') await closed.api.post(slug, { kind: name === 'pages' ? 'page' : 'project' });
    }
    const whole = (await inject({ url: `/api/v1/${name}` })).json<{
      items: { slug: string }[];
      nextCursor: null;
    }>();
    expect(whole.nextCursor).toBeNull();
    expect(whole.items.length).toBeGreaterThan(2);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url = `/api/v1/${name}?limit=1${cursor && `&cursor=${cursor}`}`;
      const page: { items: { slug: string }[]; nextCursor: string | null } = (await inject({ url })).json();
      seen.push(...page.items.map((item) => item.slug));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(whole.items.map((item) => item.slug));
    for (const query of ['limit=101', 'cursor=bm90aGluZw', 'colour=red']) {
      const response = await inject({ url: `/api/v1/${name}?${query}` });
      expect([response.statusCode, response.json<ProblemDetails>().field]).toEqual([
        400,
        `querystring.${query.split('=')[0]}`,
      ]);
    }
  });
});

describe('reading from another site', () => {
  test('is not allowed unless the configuration says so', async () => {
    const response = await inject({ url: '/api/v1/posts', headers: { origin: friend } });
    expect(corsHeaders(response.headers)).toEqual([]);
  });

  test('is allowed to those that it names, errors included', async () => {
    for (const url of [
      '/api/v1/posts',
      '/api/v1/posts/nothing',
      '/api/v1/posts?limit=0',
      '/api/openapi.json',
    ]) {
      const { headers } = await inject({ url, headers: { origin: friend } }, open);
      expect(headers['access-control-allow-origin'], url).toBe(friend);
      expect(String(headers['vary']), url).toContain('origin');
    }
    const stranger = await inject(
      { url: '/api/v1/posts', headers: { origin: 'https://stranger.example' } },
      open,
    );
    expect(corsHeaders(stranger.headers)).toEqual([]);
    expect(stranger.headers['vary']).toContain('origin');
  });

  test('a browser that asks first hears the same, and never that it may write', async () => {
    const ask = (method: string) =>
      inject(
        {
          url: '/api/v1/posts',
          method: 'OPTIONS',
          headers: { origin: friend, 'access-control-request-method': method },
        },
        open,
      );
    const reading = await ask('GET');
    expect(reading.headers['access-control-allow-methods']).toBe('GET, HEAD');
    expect(reading.headers['access-control-allow-headers']).toBe('if-none-match');
    expect(corsHeaders((await ask('POST')).headers)).toEqual([]);
  });
});

test.each([
  ['/api/v1/posts/%ff', 400, 'BAD_ADDRESS', 'path'],
  ['/api/v1/posts/%', 400, 'BAD_ADDRESS', 'path'],
  [`/api/v1/posts/${'a'.repeat(300)}`, 400, 'INVALID_REQUEST', 'params.slug'],
  ['/api/v1/posts?a%00=1', 400, 'INVALID_REQUEST', 'querystring.a%00'],
  ['/api/v1/site?a=1', 400, 'INVALID_REQUEST', 'querystring.a'],
])('%s is refused by name', async (url, status, code, field) => {
  const response = await inject({ url });
  const problem = response.json<ProblemDetails>();
  expect([response.statusCode, problem.code, problem.field]).toEqual([status, code, field]);
});
