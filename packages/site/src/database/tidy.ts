import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * After many changes: the embedded database has nothing that does this by itself, and without it plans queries as if
 * the tables were still small.
 */
export async function tidy(db: Kysely<Tables>): Promise<void> {
  await sql`vacuum (analyze) entries, entry_tags, tags, redirects, media, entry_media`.execute(db);
}
