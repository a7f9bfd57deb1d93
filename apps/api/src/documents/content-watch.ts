import type { Kysely } from 'kysely';
import type { Cache } from '@homepage/platform';
import { contentVersion, type Tables } from '@homepage/site';

const EVERY_MS = 250;
/** The channel on which whoever sees that content changed tells the others. */
export const CONTENT_CHANGED = 'content';

/**
 * Calls back when content changed, whichever process changed it (the command line, another replica),
 * or when a scheduled entry's time has come. One tiny query each time; a failing one is tried again.
 * The first look calls back too: what was rendered before it may be older than what it sees.
 * An announcement only makes it look earlier: one that is lost, late or false does no harm.
 */
export function watchContent(
  db: Kysely<Tables>,
  cache: Cache,
  onChange: (version: string) => void,
): { stop(): void } {
  let seen: string | undefined;
  let stopped = false;
  let looking: Promise<boolean> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** @returns true when there was something new */
  async function see(): Promise<boolean> {
    const version = await contentVersion(db).catch(() => seen);
    if (stopped || version === undefined || version === seen) return false;
    seen = version;
    onChange(version);
    return true;
  }
  const look = (): Promise<boolean> => (looking ??= see().finally(() => (looking = undefined)));

  async function lookAgain(): Promise<void> {
    const first = seen === undefined;
    const isNews = await look();
    if (stopped) return;
    if (isNews && !first) void cache.announce(CONTENT_CHANGED);
    timer = setTimeout(() => void lookAgain(), EVERY_MS);
  }
  // A look that was on its way already may have been too early.
  cache.listen(CONTENT_CHANGED, () => void (looking ?? Promise.resolve()).then(() => look()));
  void lookAgain();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
