/** What every cache must do; each implementation's test runs it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from './cache.ts';

/** @param open gives a cache that is ready; keys may be left from tests before */
export function cacheSuite(name: string, open: () => Promise<Cache>): void {
  describe(name, () => {
    let cache: Cache;
    let key: string;
    beforeEach(async () => {
      cache = await open();
      key = `test:${randomBytes(8).toString('hex')}`;
    });
    afterEach(() => cache.close());

    test('gives back the bytes that were put, until they are removed', async () => {
      const bytes = randomBytes(300_000);
      expect(await cache.get(key)).toBeUndefined();
      await cache.put(key, bytes, 60);
      expect((await cache.get(key))?.equals(bytes)).toBe(true);
      await cache.put(key, Buffer.from('second'), 60);
      expect((await cache.get(key))?.toString()).toBe('second');
      await cache.remove(key);
      expect(await cache.get(key)).toBeUndefined();
    });

    test('keeps an empty value, and any bytes', async () => {
      await cache.put(key, Buffer.alloc(0), 60);
      expect((await cache.get(key))?.length).toBe(0);
      const all = Buffer.from(Array.from({ length: 256 }, (_byte, n) => n));
      await cache.put(key, all, 60);
      expect((await cache.get(key))?.equals(all)).toBe(true);
    });

    test('forgets when the time is over', async () => {
      await cache.put(key, Buffer.from('soon gone'), 1);
      expect(await cache.get(key)).toBeDefined();
      await expect.poll(() => cache.get(key), { timeout: 5000 }).toBeUndefined();
    });

    test('a claim is one caller’s until it is removed or over', async () => {
      const claims = await Promise.all(Array.from({ length: 20 }, () => cache.claim(key, 60)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      await cache.remove(key);
      expect(await cache.claim(key, 1)).toBe(true);
      await expect.poll(() => cache.claim(key, 1), { timeout: 5000 }).toBe(true);
    });

    test('counts in a window that begins with the first and ends by itself', async () => {
      const all = await Promise.all(Array.from({ length: 5 }, () => cache.count(key, 4)));
      expect(all.map(({ count }) => count).toSorted()).toEqual([1, 2, 3, 4, 5]);
      expect(all.every(({ seconds }) => seconds > 0 && seconds <= 4)).toBe(true);
      await wait(1100);
      // One more does not make it longer.
      const later = await cache.count(key, 4);
      expect(later.count).toBe(6);
      expect(later.seconds).toBeLessThan(4);
      await expect
        .poll(async () => (await cache.count(key, 4)).count, { timeout: 10_000, interval: 200 })
        .toBe(1);
    });

    test('who listens hears what is announced, on that channel alone', async () => {
      const heard: string[] = [];
      cache.listen(`${key}:a`, () => heard.push('a'));
      cache.listen(`${key}:a`, () => heard.push('also a'));
      cache.listen(`${key}:b`, () => heard.push('b'));
      await expect.poll(async () => (await cache.status(`${key}:b`)).listeners).toBe(1);
      heard.length = 0;
      await cache.announce(`${key}:a`);
      await expect.poll(() => heard).toEqual(['a', 'also a']);
    });

    test('says how it is', async () => {
      expect(await cache.status(key)).toMatchObject({ ok: true, listeners: 0 });
    });
  });
}
