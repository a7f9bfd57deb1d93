/** What every storage must do; each implementation's test runs it. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
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

    const keys = async (prefix = ''): Promise<string[]> =>
      (await Array.fromAsync(storage.list(prefix))).map(({ key }) => key);
    const count = async (): Promise<number> => (await keys()).length;

    beforeEach(async () => {
      ({ storage, close } = await open());
    });
    afterEach(() => close());

    test('is empty at first', async () => {
      expect(await count()).toBe(0);
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

    test('takes a stream, also one of many parts, and gives any part of it back', async () => {
      const pieces = Array.from({ length: 20 }, () => randomBytes(1_000_000));
      await storage.put('backups/large', Readable.from(pieces));
      const whole = Buffer.concat(pieces);
      expect((await buffer((await storage.get('backups/large'))!.body)).equals(whole)).toBe(true);
      const part = await storage.get('backups/large', { first: 9_999_990, last: 10_000_009 });
      expect(part?.bytes).toBe(20_000_000);
      expect((await buffer(part!.body)).equals(whole.subarray(9_999_990, 10_000_010))).toBe(true);
    });

    test('a stream that fails leaves no object, and what was there before stays', async () => {
      await storage.put('backups/a', bytes('before'));
      async function* failing(): AsyncGenerator<Buffer> {
        for (let piece = 0; piece < 12; piece++) yield randomBytes(1_000_000);
        throw new Error('the dump failed');
      }
      for (const key of ['backups/a', 'backups/b'])
        await expect(storage.put(key, Readable.from(failing()))).rejects.toThrow('the dump failed');
      expect(await read('backups/a')).toBe('before');
      expect(await keys()).toEqual(['backups/a']);
    });

    test('lists by prefix, in order, with sizes and times', async () => {
      for (const key of ['media/b', 'media/B', 'media/a', 'other/a']) await storage.put(key, bytes(key));
      expect(await keys('media/')).toEqual(['media/B', 'media/a', 'media/b']);
      expect(await keys('none/')).toEqual([]);
      const [first] = await Array.fromAsync(storage.list('other'));
      expect(first).toMatchObject({ key: 'other/a', bytes: 7 });
      expect(Math.abs(first!.changedAt.getTime() - Date.now())).toBeLessThan(60_000);
    });

    test('keeps an empty object', async () => {
      await storage.put('media/empty', new Uint8Array());
      expect(await read('media/empty')).toBe('');
    });

    test('holds the last bytes of a key', async () => {
      await storage.put('media/a', bytes('first'));
      await storage.put('media/a', bytes('2nd'));
      expect(await read('media/a')).toBe('2nd');
      expect(await count()).toBe(1);
    });

    test('written at the same moment, holds one of the two whole', async () => {
      const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
      await Promise.all(texts.map((text) => storage.put('media/a', bytes(text))));
      expect(texts).toContain(await read('media/a'));
      expect(await count()).toBe(1);
    });

    test('keeps keys apart, at any depth', async () => {
      for (const key of ['media/a', 'media/a.b', 'media/b/a', 'other/a']) await storage.put(key, bytes(key));
      for (const key of ['media/a', 'media/a.b', 'media/b/a', 'other/a']) expect(await read(key)).toBe(key);
      expect(await count()).toBe(4);
    });

    test('forgets what is removed, and removing it again is fine', async () => {
      await storage.put('media/a', bytes('x'));
      await storage.remove('media/a');
      await storage.remove('media/a');
      expect(await storage.has('media/a')).toBe(false);
      expect(await count()).toBe(0);
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
