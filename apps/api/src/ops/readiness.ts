import type { Kysely } from 'kysely';
import { explainFirstAnswer, type Problem } from '@homepage/platform';
import { requireRights, requireSchema, type Tables } from '@homepage/site';

const AGAIN_AFTER_MS = 500;

/** Told once for each reason; a plain Error where nobody knows more. */
export type Waiting = Problem | Error;

/**
 * Whether this process should get visitors: from the moment that the database had a schema it can work on, until it is
 * told to stop. A database that is away later changes nothing: pages that were read before go on being answered, and
 * taking every replica out at once would help nobody.
 */
export class Readiness {
  #reason: Waiting | null = new Error('it is still starting');
  #stopped = false;

  /** @throws Error with the reason when it should get none */
  check(): void {
    if (this.#reason !== null) throw this.#reason;
  }

  /** why it should get none; null when it should */
  get reason(): Waiting | null {
    return this.#reason;
  }

  /** Resolves when the schema and the rights fit, however long that takes, or when it is stopped. */
  async waitForSchema(db: Kysely<Tables>, onWaiting: (reason: Waiting) => void): Promise<void> {
    for (;;) {
      if (this.#stopped) return;
      try {
        await requireSchema(db);
        await requireRights(db);
        if (!this.#stopped) this.#reason = null;
        return;
      } catch (error) {
        const reason = explainFirstAnswer(error) ?? (error as Error);
        const told = reason.message === this.#reason?.message;
        if (!this.#stopped) this.#reason = reason;
        if (!told) onWaiting(reason);
        await new Promise((done) => setTimeout(done, AGAIN_AFTER_MS).unref());
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#reason = new Error('it is stopping');
  }

  get stopping(): boolean {
    return this.#stopped;
  }
}
