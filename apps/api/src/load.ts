/**
 * How many answers are made at once. Making one takes a processor for some milliseconds and asks the database; more of them
 * at once would all come later. Some more wait for their turn, for a moment; the others are told at once to come again
 * (docs/decisions/0024). What is kept never waits here.
 */
import { Problem } from '@homepage/platform';

/** Each asks the database up to two things at a time; of its ten connections some stay free for messages and pictures. */
export const MOST_AT_ONCE = 4;
/** Together as many as nginx lets one visitor have under way: one alone is not refused here. */
export const MOST_WAITING = 12;
/** Nobody waits longer for a turn: the slowest of those served waited for it (docs/decisions/0024). */
export const PATIENCE_MS = 250;

export type LoadStats = { making: number; waiting: number; refused: number };

type Turn = { begin(): void; timer: NodeJS.Timeout };

export class Load {
  #making = 0;
  #refused = 0;
  /** in the order in which they came */
  #waiting = new Set<Turn>();

  /**
   * Makes something when there is room for it.
   * @param make told whether it had to wait: what was looked up before may have changed
   * @throws Problem OVERLOADED (503) when there is none
   */
  async share<Made>(make: (waited: boolean) => Promise<Made>): Promise<Made> {
    const waited = this.#making >= MOST_AT_ONCE;
    if (waited) await this.#turn();
    else this.#making++;
    try {
      return await make(waited);
    } finally {
      this.#next();
    }
  }

  stats(): LoadStats {
    return { making: this.#making, waiting: this.#waiting.size, refused: this.#refused };
  }

  async #turn(): Promise<void> {
    if (this.#waiting.size >= MOST_WAITING) throw this.#refuse();
    await new Promise<void>((begin, fail) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(turn);
        fail(this.#refuse());
      }, PATIENCE_MS);
      const turn = { begin, timer };
      this.#waiting.add(turn);
    });
  }

  /** Who is done gives its place to the one that has waited longest. */
  #next(): void {
    const [turn] = this.#waiting;
    if (!turn) {
      this.#making--;
      return;
    }
    this.#waiting.delete(turn);
    clearTimeout(turn.timer);
    turn.begin();
  }

  #refuse(): Problem {
    this.#refused++;
    return overloaded();
  }
}

export function overloaded(): Problem {
  return new Problem('OVERLOADED', 'More is asked for at once than can be made.', {
    status: 503,
    fix: 'Try again in a few seconds.',
  });
}
