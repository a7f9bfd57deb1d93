import type { Kysely } from 'kysely';
import { contentVersion, type Tables } from '@homepage/site';

const EVERY_MS = 250;

/**
 * Calls back when content changed, whichever process changed it (the command line, another replica),
 * or when a scheduled entry's time has come. One tiny query each time; a failing one is tried again.
 * The first look calls back too: what was rendered before it may be older than what it sees.
 */
export function watchContent(db: Kysely<Tables>, onChange: () => void): { stop(): void } {
  let seen: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const version = await contentVersion(db).catch(() => seen);
    if (stopped) return;
    if (version !== seen) onChange();
    seen = version;
    timer = setTimeout(() => void look(), EVERY_MS);
  };
  void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
