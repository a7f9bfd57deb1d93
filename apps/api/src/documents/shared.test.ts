import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problem, type Cache } from '@homepage/platform';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { Documents } from './documents.ts';
import { SharedDocuments } from './shared.ts';

const address = '/posts';
const page = (body: string, init: ResponseInit = {}): Response =>
  new Response(body, { headers: { 'content-type': 'text/html', 'content-security-policy': 'x' }, ...init });
const text = async (documents: Documents): Promise<string> =>
  (await (await documents.get(address)).body('identity')).toString();

describe('replicas that share a cache', () => {
  let site: TestSite;
  let cache: Cache;
  /** what any replica would make now; undefined while the database is away */
  let content: string | undefined;
  let renders: number;
  beforeEach(async () => {
    site = await openTestSite();
    cache = site.cache;
    content = 'first';
    renders = 0;
    await expect.poll(async () => (await cache.status('x')).ok).toBe(true);
  });
  afterEach(() => site.close());

  async function render(): Promise<Response> {
    renders++;
    await wait(30);
    if (content === undefined) throw new Error('the database is away');
    return page(content);
  }
  function replica(version = '1', release = 'a'): Documents {
    const documents = new Documents(render, new SharedDocuments(cache, release));
    documents.invalidate(version);
    return documents;
  }
  /** Until what was made is there for the others. */
  const given = (): Promise<void> => wait(50);

  test('make a page once for all, and the others take it as it is', async () => {
    content = 'word '.repeat(2000);
    const [one, other] = [replica(), replica()];
    const made = await one.get(address);
    await given();
    const taken = await other.get(address);
    expect(renders).toBe(1);
    expect(taken).toMatchObject({ status: 200, etag: made.etag, headers: made.headers, bytes: made.bytes });
    for (const encoding of ['br', 'gzip', 'identity'] as const)
      expect((await taken.body(encoding)).equals(await made.body(encoding))).toBe(true);
    expect(other.stats()).toMatchObject({ entries: 1, origins: { shared: 1, made: 0 } });
  });

  test('asked at the same moment, only one of them makes it', async () => {
    const all = Array.from({ length: 5 }, () => replica());
    expect(new Set(await Promise.all(all.map(text)))).toEqual(new Set(['first']));
    expect(renders).toBe(1);
  });

  test('a picture goes over as it is', async () => {
    const bytes = Buffer.from([137, 80, 78, 71, 0, 255]);
    const picture = async () => new Response(bytes, { headers: { 'content-type': 'image/png' } });
    await replica().get(address, picture);
    await given();
    const taken = await replica().get(address, () => Promise.reject(new Error('made again')));
    expect((await taken.body('identity')).equals(bytes)).toBe(true);
  });

  test('an old page is not taken for a new one, whoever put it there last', async () => {
    const late = replica('1');
    await text(late);
    content = 'second';
    const ahead = replica('2');
    expect(await text(ahead)).toBe('second');
    await given();
    // One that has not heard of the change yet makes it again; what it sees is new, its label is old.
    expect(await text(replica('1'))).toBe('second');
    await given();
    content = 'third';
    const next = replica('3');
    expect(await text(next)).toBe('third');
    expect(await text(ahead)).toBe('second');
    ahead.invalidate('3');
    await given();
    expect(await text(ahead)).toBe('third');
    expect(ahead.stats().origins).toMatchObject({ shared: 1 });
  });

  test('pages of another release or configuration are never taken', async () => {
    await text(replica('1', 'a'));
    await given();
    content = 'other look';
    expect(await text(replica('1', 'b'))).toBe('other look');
  });

  test('one that never had a page shows the others’ old copy while the database is away', async () => {
    await text(replica('1'));
    await given();
    content = undefined;
    const fresh = replica('2');
    expect(await text(fresh)).toBe('first');
    expect(fresh.stats().origins).toMatchObject({ stale: 1 });
    // It did not become fresh by that.
    content = 'second';
    expect(await text(fresh)).toBe('second');
  });

  test('what another one made since it was not found is not made again', async () => {
    const slow = Object.assign(Object.create(cache) as Cache, {
      claim: async (key: string, seconds: number) => {
        await text(replica());
        await given();
        return cache.claim(key, seconds);
      },
    });
    const late = new Documents(render, new SharedDocuments(slow, 'a'));
    late.invalidate('1');
    expect(await text(late)).toBe('first');
    expect([renders, late.stats().origins]).toEqual([1, { memory: 0, shared: 1, made: 0, stale: 0 }]);
  });

  test('one that does not know yet what content is current takes no copy as fresh', async () => {
    await text(replica('1'));
    await given();
    content = 'second';
    expect(await text(new Documents(render, new SharedDocuments(cache, 'a')))).toBe('second');
  });

  test('what is not there is asked for each time; what fails does not keep the others waiting', async () => {
    const missing = async (): Promise<Response> => {
      renders++;
      throw new Problem('NOT_FOUND', 'There is nothing here.', { status: 404, fix: 'Look elsewhere.' });
    };
    await expect(replica().get(address, missing)).rejects.toThrow('nothing here');
    await given();
    await expect(replica().get(address, missing)).rejects.toThrow('nothing here');
    expect(renders).toBe(2);
  });

  test('a replica that dies while it makes a page holds the others up for seconds at most', async () => {
    const dying = new Documents(() => new Promise(() => {}), new SharedDocuments(cache, 'a'));
    dying.invalidate('1');
    void dying.get(address);
    await given();
    expect(await text(replica())).toBe('first');
  });

  test('bytes that are no document are made anew', async () => {
    for (const bytes of ['', 'x', '\0\0\0\x05{"a":', '\0\0\0\x02{}', '\xff\xff\xff\xff']) {
      await cache.put('page:a:/posts', Buffer.from(bytes, 'latin1'), 60);
      expect(await text(replica())).toBe('first');
    }
  });
});
