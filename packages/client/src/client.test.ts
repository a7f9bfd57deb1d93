/** The client against the running site. */
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import type { ApiPost } from '@homepage/contract';
import { makeFolder, startSite, type RunningSite, type TestFolder } from '@homepage/testkit';
import { ApiProblem, everyItem, homepageClient, type HomepageClient } from './index.ts';

let folder: TestFolder;
let site: RunningSite;
let client: HomepageClient;
beforeAll(async () => {
  folder = makeFolder();
  site = await startSite({ dataDir: folder.path });
  client = homepageClient(site.address);
});
afterAll(async () => {
  await site.stop();
  folder.remove();
});

test('lists, pages through and reads', async () => {
  const { items, nextCursor } = await client.listPosts({ limit: 2 });
  expect(items).toHaveLength(2);
  const next = await client.listPosts({ limit: 2, cursor: nextCursor! });
  expect(next.items[0]!.slug).not.toBe(items[0]!.slug);
  const post = await client.getPost({ slug: items[0]!.slug });
  expectTypeOf(post).toEqualTypeOf<ApiPost>();
  expect(post.html).toContain('<p>');
});

test('gives every item of a list', async () => {
  const slugs: string[] = [];
  for await (const tag of everyItem(client.listTags)) slugs.push(tag.slug);
  const whole = await client.listTags({ limit: 100 });
  expect(slugs).toEqual(whole.items.map((tag) => tag.slug));
});

test('a problem is thrown with its code, its fix and its field', async () => {
  const missing = await client.getPost({ slug: 'no/such post' }).catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(ApiProblem);
  expect(missing).toMatchObject({ status: 400, code: 'INVALID_REQUEST', field: 'params.slug' });
  await expect(client.getPost({ slug: 'nothing' })).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
});

test('an answer of something else is a problem, too', async () => {
  const strange = homepageClient('http://site.test', {
    fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
  });
  await expect(strange.getSite()).rejects.toMatchObject({ code: 'UNKNOWN', status: 502 });
});

test('what an endpoint does not take does not compile', () => {
  // @ts-expect-error a post has a slug
  void (() => client.getPost());
  // @ts-expect-error a number, not text
  void (() => client.listPosts({ limit: '5' }));
  // @ts-expect-error no such parameter
  void (() => client.listTags({ page: 2 }));
});
