import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Storage } from '@homepage/platform';
import { mediaKey, variantKey, type MediaFile } from '@homepage/site';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { Variants } from './variants.ts';

const media = { hash: 'a'.repeat(64), contentType: 'image/png', width: 900, height: 600 } as MediaFile;
const key = variantKey(media.hash, 480, 'webp');
let site: TestSite;
let made: string[];
let storage: Storage;
beforeEach(async () => {
  site = await openTestSite();
  made = [];
  storage = {
    ...site.storage,
    put: (at, body) => {
      made.push(at);
      return site.storage.put(at, body);
    },
  };
  const picture = sharp({ create: { width: 900, height: 600, channels: 3, background: '#468' } });
  await site.storage.put(mediaKey(media.hash), await picture.png().toBuffer());
  await expect.poll(async () => (await site.cache.status('x')).ok).toBe(true);
});
afterEach(() => site.close());

test('replicas that are asked at the same moment make a copy once', async () => {
  const replicas = Array.from({ length: 4 }, () => new Variants(storage, site.cache));
  const copies = await Promise.all(replicas.map((replica) => replica.get(media, 480, 'webp')));
  for (const copy of copies) expect((await sharp(await buffer(copy!.body)).metadata()).width).toBe(480);
  expect(made).toEqual([key]);
});

test('one that was made by another replica meanwhile is taken', async () => {
  await site.cache.claim(`variant:${key}`, 60);
  const copy = new Variants(storage, site.cache).get(media, 480, 'webp');
  await site.storage.put(key, Buffer.from('made elsewhere'));
  expect((await buffer((await copy)!.body)).toString()).toBe('made elsewhere');
  expect(made).toEqual([]);
});

test('a replica that dies while it makes one is waited for until its time is over', async () => {
  await site.cache.claim(`variant:${key}`, 1);
  expect(await new Variants(storage, site.cache).get(media, 480, 'webp')).toBeDefined();
  expect(made).toEqual([key]);
});

test('a picture that cannot be read leaves nothing behind, and the next one may try', async () => {
  await site.storage.put(mediaKey(media.hash), Buffer.from('no picture'));
  const variants = new Variants(storage, site.cache);
  await expect(variants.get(media, 480, 'webp')).rejects.toThrow();
  expect(await site.storage.has(key)).toBe(false);
  expect(await site.cache.claim(`variant:${key}`, 1)).toBe(true);
});
