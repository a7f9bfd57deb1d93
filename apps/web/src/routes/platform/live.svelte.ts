import { resolve } from '$app/paths';
import type { Path } from '$app/types';
import type { PlatformStatus } from '@homepage/contract';

const EVERY = 10_000;

/** The running system's answers: first those the page came with, then asked again while the page is looked at. */
export class Live {
  status = $state.raw() as PlatformStatus;
  /** when the answers were given, in milliseconds; null until the browser runs */
  at = $state.raw<number | null>(null);
  /** the last question went unanswered */
  lost = $state.raw(false);

  constructor(first: () => PlatformStatus) {
    this.status = first();
  }

  /** Asks while the page is visible. Returns the function that stops it. */
  watch() {
    const ask = () => {
      if (!document.hidden) void this.#ask();
    };
    ask();
    const timer = setInterval(ask, EVERY);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }

  async #ask() {
    try {
      const answer = await fetch(resolve('api/v1/platform' as Path), {
        signal: AbortSignal.timeout(EVERY / 2),
      });
      if (!answer.ok) throw new Error(answer.statusText);
      this.status = await answer.json();
      this.at = Date.now();
      this.lost = false;
    } catch {
      this.lost = true;
    }
  }
}
