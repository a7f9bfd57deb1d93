import { setTimeout as wait } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { once } from '../once.ts';
import { indexEntries } from './index-entries.ts';

const AGAIN_AFTER_MS = 10_000;
const BUSY_AGAIN_MS = 300;

export type KeptIndex = {
  /** content may have changed */
  update(): void;
  /** Ends between two portions; the next start goes on. */
  stop(): Promise<void>;
};

/** Indexes in the background whenever it is told to, one run at a time. What fails is tried again. */
export function keepIndexed(options: {
  db: Kysely<Tables>;
  /** of the site, BCP 47 */
  language: string;
  onError: (error: unknown, what: string) => void;
}): KeptIndex {
  const { db, language, onError } = options;
  const stopping = new AbortController();
  let wanted = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (wanted && !stopping.signal.aborted) {
      wanted = false;
      try {
        const ran = await once(db, 'search', () => indexEntries(db, language, stopping.signal));
        // Another process is at it, and may end before it sees this change: look again.
        if (!ran) {
          wanted = true;
          await wait(BUSY_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => {});
        }
      } catch (error) {
        onError(error, 'the search index is not up to date; it is tried again');
        wanted = true;
        await wait(AGAIN_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    running = undefined;
  }

  return {
    update() {
      wanted = true;
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
