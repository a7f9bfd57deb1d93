import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeEntry, openTestSite, type TestSite } from '@homepage/testkit';
import { saveEntry } from '@homepage/site';
import { openCache, type Cache } from '@homepage/platform';
import { CONTENT_CHANGED, watchContent } from './content-watch.ts';

let site: TestSite;
let cache: Cache;
let calls = 0;
let watch: { stop(): void } | undefined;
beforeEach(async () => {
  calls = 0;
  site = await openTestSite();
  cache = await openCache({});
});
afterEach(async () => {
  watch?.stop();
  await cache.close();
  await site.close();
});
const seen = () => expect.poll(() => calls, { timeout: 5000 });

test('calls back at the first look, since pages may have been rendered before it', async () => {
  watch = watchContent(site.db, cache, () => void calls++);
  await seen().toBe(1);
});

test('calls back for each change, whoever made it', async () => {
  watch = watchContent(site.db, cache, () => void calls++);
  await seen().toBe(1);
  await saveEntry(site.db, makeEntry({ slug: 'new' }));
  await seen().toBe(2);
});

test('a look that fails changes nothing, and the next one finds what happened meanwhile', async () => {
  let away = true;
  const db = site.db.withPlugin({
    transformQuery({ node }) {
      if (away) throw new Error('the database is away');
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  watch = watchContent(db, cache, () => void calls++);
  await new Promise((done) => setTimeout(done, 1000));
  expect(calls).toBe(0);
  away = false;
  await seen().toBe(1);
});

test('tells the others, and looks at once when they tell it', async () => {
  watch = watchContent(site.db, cache, () => void calls++);
  await seen().toBe(1);
  let told = 0;
  cache.listen(CONTENT_CHANGED, () => told++);
  await saveEntry(site.db, makeEntry({ slug: 'new' }));
  await seen().toBe(2);
  await expect.poll(() => told).toBe(1);

  // Announcements without news change nothing, however many there are.
  for (let index = 0; index < 50; index++) await cache.announce(CONTENT_CHANGED);
  await new Promise((done) => setTimeout(done, 300));
  expect([calls, told]).toEqual([2, 51]);
});
