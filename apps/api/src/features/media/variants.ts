/** Makes each smaller copy of a picture once, when somebody first asks for it, and keeps it in the storage. */
import { buffer } from 'node:stream/consumers';
import type { Storage, StoredObject } from '@homepage/platform';
import { makeVariant, mediaKey, variantKey, type Format, type MediaFile } from '@homepage/site';

/** More than so many would keep visitors waiting longer than the original takes. */
const MOST_WAITING = 8;

export class Variants {
  #storage: Storage;
  #making = new Map<string, Promise<boolean>>();
  /** One after the other: a copy takes a processor for up to a second. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** @returns undefined when it cannot be made now: the original will do */
  async get(media: MediaFile, width: number, format: Format): Promise<StoredObject | undefined> {
    const key = variantKey(media.hash, width, format);
    const stored = await this.#storage.get(key);
    if (stored) return stored;
    let making = this.#making.get(key);
    if (!making) {
      if (this.#making.size >= MOST_WAITING) return undefined;
      making = this.#make(key, media.hash, width, format).finally(() => this.#making.delete(key));
      this.#making.set(key, making);
    }
    return (await making) ? this.#storage.get(key) : undefined;
  }

  async #make(key: string, hash: string, width: number, format: Format): Promise<boolean> {
    const turn = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await turn;
    try {
      const original = await this.#storage.get(mediaKey(hash));
      if (!original) return false;
      await this.#storage.put(key, await makeVariant(await buffer(original.body), width, format));
      return true;
    } finally {
      resolve();
    }
  }
}
