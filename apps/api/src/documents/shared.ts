/**
 * Documents that one replica made for all, in the cache that they share. Each carries the version of the content it was
 * made from, and a replica takes it as fresh only when the database told it the same version: whatever was missed or
 * came late, an old page is never taken for a new one (docs/decisions/0020).
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Cache } from '@homepage/platform';
import type { Document } from './document.ts';
import { pack, unpack, type Versioned } from './pack.ts';

/** Long enough to outlast a database that is away over a weekend. */
const KEEP_SECONDS = 3 * 24 * 3600;
/** One replica makes a page for all; when it dies meanwhile, the next one may. */
const MAKING_SECONDS = 5;
/** Rather made twice than waited for longer. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 20;

export type Turn = {
  /** made from the content as it is */
  fresh?: Document;
  /** Gives it to the others. */
  made(document: Document): Promise<void>;
  /** It was made, or could not be: the next one may try. */
  over(): Promise<void>;
};

export class SharedDocuments {
  #cache: Cache;
  #release: string;

  /** @param release of program and configuration: others' pages look different */
  constructor(cache: Cache, release: string) {
    this.#cache = cache;
    this.#release = release;
  }

  /** What lies there, of whichever version. */
  async find(key: string): Promise<Versioned | undefined> {
    return this.#find(this.#at(key));
  }

  /** The turn to make a document that was not found; or a fresh one, when another replica has just made it. */
  async take(key: string, version: string): Promise<Turn> {
    const at = this.#at(key);
    const claim = `making:${this.#release}:${version}:${key}`;
    for (let waited = 0; waited < WAIT_MS; waited += LOOK_EVERY_MS) {
      const mine = await this.#cache.claim(claim, MAKING_SECONDS);
      // Looked for after the claim: another one may have begun and ended since it was not found.
      const made = await this.#find(at);
      if (made?.version === version) {
        if (mine) await this.#cache.remove(claim);
        return turn(made.document);
      }
      if (mine) break;
      await wait(LOOK_EVERY_MS);
    }
    let giving = Promise.resolve();
    return {
      made: (document) => (giving = this.#give(at, version, document)),
      over: async () => {
        await giving;
        await this.#cache.remove(claim);
      },
    };
  }

  #at(key: string): string {
    return `page:${this.#release}:${key}`;
  }

  async #give(at: string, version: string, document: Document): Promise<void> {
    await this.#cache.put(at, await pack({ version, document }), KEEP_SECONDS);
  }

  async #find(at: string): Promise<Versioned | undefined> {
    const bytes = await this.#cache.get(at);
    return bytes && unpack(bytes);
  }
}

const turn = (fresh: Document): Turn => ({ fresh, made: async () => {}, over: async () => {} });
