import type { Kysely } from 'kysely';
import type { Storage } from '@homepage/platform';
import type { Tables } from '../database/tables.ts';

export type SampleOptions = { db: Kysely<Tables>; storage: Storage };

/**
 * Gives a new site something to read, once: only while there is no entry of the owner and none was ever seeded.
 * @returns whether it did
 */
export async function seedSample(_options: SampleOptions): Promise<boolean> {
  return false;
}

/** Removes every sample entry, and what only they used. They never come back. */
export async function removeSample(_options: SampleOptions): Promise<{ removed: number }> {
  return { removed: 0 };
}
