import { expect, test } from 'vitest';
import { openCache } from './cache.ts';
import { cacheSuite } from './cache-suite.ts';

cacheSuite('memory', () => openCache({}));

test('strangers cannot fill it', async () => {
  const cache = await openCache({});
  for (let index = 0; index < 40; index++) await cache.put(`page:${index}`, Buffer.alloc(1_000_000), 60);
  const kept = await Promise.all(Array.from({ length: 40 }, (_page, index) => cache.get(`page:${index}`)));
  expect(kept.filter((value) => value !== undefined).length).toBeLessThan(17);
  expect(kept.at(-1)).toBeDefined();
  await cache.close();
});
