import type { Kysely } from 'kysely';
import { requireSchema, type Tables } from '@homepage/site';

const AGAIN_AFTER_MS = 500;

/**
 * Whether this process should get visitors: from the moment that the database had a schema it can work on, until it is
 * told to stop. A database that is away later changes nothing: pages that were read before go on being answered, and
 * taking every replica out at once would help nobody.
 */
export class Readiness {
  #reason: string | null = 'it is still starting';
  #stopped = false;

  /** @throws Error with the reason when it should get none */
  check(): void {
    if (this.#reason !== null) throw new Error(this.#reason);
  }

  /** Resolves when the schema fits, however long that takes, or when it is stopped. */
  async waitForSchema(db: Kysely<Tables>, onWaiting: (reason: string) => void): Promise<void> {
    for (;;) {
      if (this.#stopped) return;
      try {
        await requireSchema(db);
        if (!this.#stopped) this.#reason = null;
        return;
      } catch (error) {
        const reason = (error as Error).message;
        if (reason !== this.#reason) onWaiting(reason);
        if (!this.#stopped) this.#reason = reason;
        await new Promise((done) => setTimeout(done, AGAIN_AFTER_MS).unref());
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#reason = 'it is stopping';
  }

  get stopping(): boolean {
    return this.#stopped;
  }
}
