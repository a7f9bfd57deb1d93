import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Documents } from './documents.ts';
import { acceptedEncoding } from './encodings.ts';

const address = '/posts';
const page = (body: string, init: ResponseInit = {}): Response =>
  new Response(body, { headers: { 'content-type': 'text/html' }, ...init });
const text = async (documents: Documents): Promise<string> =>
  (await (await documents.get(address)).body('identity')).toString();

describe('documents', () => {
  test('are rendered once until content changes', async () => {
    let renders = 0;
    const documents = new Documents(async () => page(`version ${++renders}`));
    expect([await text(documents), await text(documents)]).toEqual(['version 1', 'version 1']);
    documents.invalidate();
    expect([await text(documents), await text(documents)]).toEqual(['version 2', 'version 2']);
  });

  test('many visitors of an uncached page cost one rendering', async () => {
    let renders = 0;
    const documents = new Documents(async () => {
      await new Promise((done) => setTimeout(done, 10));
      return page(`version ${++renders}`);
    });
    const all = await Promise.all(Array.from({ length: 1000 }, () => text(documents)));
    expect(new Set(all)).toEqual(new Set(['version 1']));
  });

  test('content that changes during a rendering makes its result outdated', async () => {
    let content = 'old';
    const documents: Documents = new Documents(async () => {
      const seen = content;
      if (content === 'old') {
        content = 'new';
        documents.invalidate();
      }
      return page(seen);
    });
    expect(await text(documents)).toBe('old');
    expect(await text(documents)).toBe('new');
  });

  test('the last good copy is served when rendering fails', async () => {
    let healthy = true;
    const documents = new Documents(async () => (healthy ? page('good') : page('sorry', { status: 500 })));
    await text(documents);
    healthy = false;
    documents.invalidate();
    expect(await text(documents)).toBe('good');
    healthy = true;
  });

  test.each([404, 500])('a %i is not kept and not cacheable', async (status) => {
    let renders = 0;
    const documents = new Documents(async () => page(`${++renders}`, { status }));
    await documents.get(address);
    const second = await documents.get(address);
    expect(renders).toBe(2);
    expect(second.headers['cache-control']).toBe('no-store');
  });

  test('a page that says no-store is rendered every time', async () => {
    let renders = 0;
    const documents = new Documents(async () =>
      page(`${++renders}`, { headers: { 'cache-control': 'no-store' } }),
    );
    expect([await text(documents), await text(documents)]).toEqual(['1', '2']);
  });

  test('a live document is rendered every time and kept by nobody', async () => {
    let renders = 0;
    const documents = new Documents(async () => page(`${++renders}`));
    await documents.live(address);
    const second = await documents.live(address);
    expect((await second.body('identity')).toString()).toBe('2');
    expect(second.headers['cache-control']).toBe('no-store');
    expect(documents.stats().entries).toBe(0);
  });

  test('data that carries an error stays private', async () => {
    const data = (body: string): Documents =>
      new Documents(async () =>
        Response.json(JSON.parse(body), { headers: { 'cache-control': 'private, no-store' } }),
      );
    const good = await data('{"type":"data"}').get(address);
    const bad = await data('{"type":"data","nodes":[{"type":"error"}]}').get(address);
    expect(good.headers['cache-control']).toMatch(/^public/);
    expect(bad.headers['cache-control']).toBe('no-store');
  });

  test('data of a failed load is a failure, although it answers 200', async () => {
    let answer = { nodes: [{ type: 'data' }, null] as object[] | null[] };
    const documents = new Documents(async () => Response.json(answer));
    const good = await text(documents);
    documents.invalidate();
    answer = { nodes: [null, { type: 'error', error: { message: 'Internal Error' }, status: 500 }] as never };
    expect(await text(documents)).toBe(good);
    answer = { nodes: [null, { type: 'error', error: { message: 'Gone' }, status: 410 }] as never };
    expect(await text(documents)).toContain('Gone');
  });

  test('what is not kept is made each time, and may be cached by others', async () => {
    let renders = 0;
    const documents = new Documents(async () => page(`${++renders}`));
    await documents.unkept(address);
    const second = await documents.unkept(address);
    expect([renders, documents.stats().entries]).toEqual([2, 0]);
    expect(second.headers['cache-control']).toMatch(/^public/);
  });

  test('text without a type is shown, not saved', async () => {
    const plain = new Response('Bad Request', { status: 400 });
    plain.headers.delete('content-type');
    const { headers } = await new Documents(async () => plain).get(address);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('a redirect for good may be kept for a while, but not here', async () => {
    const moved = (): Response => new Response(null, { status: 308, headers: { location: '/new' } });
    const documents = new Documents(async () => moved());
    expect((await documents.get(address)).headers['cache-control']).toMatch(/^public, max-age=300,/);
    expect(documents.stats().entries).toBe(0);
  });

  test('a page that a change did not touch is not compressed again', async () => {
    let renders = 0;
    const documents = new Documents(async () => page((renders++, 'word '.repeat(1000))));
    const before = await (await documents.get(address)).body('br');
    documents.invalidate();
    expect(await (await documents.get(address)).body('br')).toBe(before);
    expect(renders).toBe(2);
  });

  test('bodies in brotli and gzip are the same page', async () => {
    const documents = new Documents(async () => page('word '.repeat(1000)));
    const document = await documents.get(address);
    const plain = (await document.body('identity')).toString();
    expect(brotliDecompressSync(await document.body('br')).toString()).toBe(plain);
    expect(gunzipSync(await document.body('gzip')).toString()).toBe(plain);
  });
});

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['*', 'br'],
  ['*;q=0', 'identity'],
  ['br;q=0.0, *', 'gzip'],
  ['GZIP', 'gzip'],
  [',,;;', 'identity'],
])('Accept-Encoding %s gets %s', (header, encoding) => {
  expect(acceptedEncoding(header)).toBe(encoding);
});
