/** Makes each smaller copy of a picture once, when somebody first asks for it, and keeps it in the storage. */
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cache, Storage, StoredObject } from '@homepage/platform';
import { makeVariant, mediaKey, variantKey, type Format, type MediaFile } from '@homepage/site';

/** More than so many would keep visitors waiting longer than the original takes. */
const MOST_WAITING = 8;
/** Time enough for the largest picture; a replica that dies meanwhile is waited for no longer. */
const MAKING_SECONDS = 20;
const LOOK_EVERY_MS = 100;

export class Variants {
  #storage: Storage;
  #cache: Cache;
  #making = new Map<string, Promise<boolean>>();
  /** One after the other: a copy takes a processor for up to a second. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param cache in which replicas agree on who makes a copy */
  constructor(storage: Storage, cache: Cache) {
    this.#storage = storage;
    this.#cache = cache;
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
      const claim = `variant:${key}`;
      while (!(await this.#cache.claim(claim, MAKING_SECONDS))) {
        await wait(LOOK_EVERY_MS);
        if (await this.#storage.has(key)) return true;
      }
      try {
        // Another replica may have been done just before.
        if (await this.#storage.has(key)) return true;
        const original = await this.#storage.get(mediaKey(hash));
        if (!original) return false;
        await this.#storage.put(key, await makeVariant(await buffer(original.body), width, format));
        return true;
      } finally {
        await this.#cache.remove(claim);
      }
    } finally {
      resolve();
    }
  }
}
