/** What every storage must do; each implementation's test runs it. */
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Storage } from './storage.ts';

export type OpenStorage = () => Promise<{ storage: Storage; close(): Promise<void> }>;

/** @param open gives an empty storage */
export function storageSuite(name: string, open: OpenStorage): void {
  describe(name, () => {
    let storage: Storage;
    let close: () => Promise<void>;
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const read = async (key: string): Promise<string | undefined> => {
      const object = await storage.get(key);
      return object && (await buffer(object.body)).toString();
    };

    beforeEach(async () => {
      ({ storage, close } = await open());
    });
    afterEach(() => close());

    test('is empty at first', async () => {
      expect(await storage.count()).toBe(0);
      expect(await storage.has('media/abc')).toBe(false);
      expect(await storage.get('media/abc')).toBeUndefined();
    });

    test('gives back what was put, with its size', async () => {
      const large = randomBytes(3_000_000);
      await storage.put('media/large', large);
      const object = await storage.get('media/large');
      expect(object?.bytes).toBe(large.length);
      expect((await buffer(object!.body)).equals(large)).toBe(true);
      expect(await storage.has('media/large')).toBe(true);
    });

    test('keeps an empty object', async () => {
      await storage.put('media/empty', new Uint8Array());
      expect(await read('media/empty')).toBe('');
    });

    test('holds the last bytes of a key', async () => {
      await storage.put('media/a', bytes('first'));
      await storage.put('media/a', bytes('2nd'));
      expect(await read('media/a')).toBe('2nd');
      expect(await storage.count()).toBe(1);
    });

    test('written at the same moment, holds one of the two whole', async () => {
      const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
      await Promise.all(texts.map((text) => storage.put('media/a', bytes(text))));
      expect(texts).toContain(await read('media/a'));
      expect(await storage.count()).toBe(1);
    });

    test('keeps keys apart, at any depth', async () => {
      for (const key of ['media/a', 'media/a.b', 'media/b/a', 'other/a']) await storage.put(key, bytes(key));
      for (const key of ['media/a', 'media/a.b', 'media/b/a', 'other/a']) expect(await read(key)).toBe(key);
      expect(await storage.count()).toBe(4);
    });

    test('forgets what is removed, and removing it again is fine', async () => {
      await storage.put('media/a', bytes('x'));
      await storage.remove('media/a');
      await storage.remove('media/a');
      expect(await storage.has('media/a')).toBe(false);
      expect(await storage.count()).toBe(0);
    });

    test.each([
      '',
      'media',
      '/media/a',
      'media/../secret',
      '../a/b',
      'media//a',
      'media/a b',
      'media/a\0',
      'media/',
    ])('refuses the key %j', async (key) => {
      await expect(storage.put(key, bytes('x'))).rejects.toThrow('not a storage key');
      await expect(storage.get(key)).rejects.toThrow('not a storage key');
      await expect(storage.has(key)).rejects.toThrow('not a storage key');
      await expect(storage.remove(key)).rejects.toThrow('not a storage key');
    });
  });
}
