import { type Kysely, sql } from 'kysely';
import type { EntryKind, Tables } from '../database/tables.ts';

/** Entries that a visitor may see: published, and their time has come. */
export function visible(db: Kysely<Tables>, ...kinds: EntryKind[]) {
  return db
    .selectFrom('entries')
    .where('entries.kind', 'in', kinds)
    .where('entries.status', '=', 'published')
    .where((eb) =>
      eb.or([eb('entries.published_at', 'is', null), eb('entries.published_at', '<=', sql<Date>`now()`)]),
    );
}
