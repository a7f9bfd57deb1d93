import { Problem } from '@homepage/platform';
import type { Lock } from './lock.ts';
import { manifestUrl } from './name.ts';
import { findDigest } from './registry.ts';

export type Resolved = {
  key: string;
  /** of before; null: none */
  before: string | null;
  /** as the registry says now; null when it could not be asked: what was known stays */
  digest: string | null;
  problem: Problem | null;
};

const AT_ONCE = 4;

type ResolveOptions = {
  /** all of them without it */
  keys?: string[];
  now?: () => Date;
  timeoutMs?: number;
  onProgress?: (done: number, total: number, key: string) => void;
};

/**
 * Asks the registries for what the tags mean now.
 * @returns the lock with what was found, and what became of each image; one that fails stops no other
 */
export async function resolveImages(
  lock: Lock,
  { keys = Object.keys(lock.images), now = () => new Date(), timeoutMs, onProgress }: ResolveOptions = {},
): Promise<{ lock: Lock; resolved: Resolved[] }> {
  const images = { ...lock.images };
  const resolved = new Map<string, Resolved>();
  const waiting = [...keys];
  const worker = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
      const image = images[key]!;
      const { name, tag, digest: before } = image;
      try {
        const digest = await findDigest(name, tag, timeoutMs === undefined ? {} : { timeoutMs });
        // The date says since when it is known: one that did not change makes no new line in the history.
        if (digest !== before)
          images[key] = { ...image, digest, source: manifestUrl(name, tag), resolvedAt: now().toISOString() };
        resolved.set(key, { key, before, digest, problem: null });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        resolved.set(key, { key, before, digest: null, problem: error });
      }
      onProgress?.(resolved.size, keys.length, key);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { lock: { images }, resolved: keys.map((key) => resolved.get(key)!) };
}
