import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { EntryKind, Tables } from '../database/tables.ts';

/** Entries that a visitor may see. */
export function visible(db: Kysely<Tables>, ...kinds: EntryKind[]) {
  return db.selectFrom('entries').where('entries.kind', 'in', kinds).where(isVisible);
}

/** Published, and its time has come. */
export const isVisible = (eb: ExpressionBuilder<Tables, 'entries'>) =>
  eb.and([
    eb('entries.status', '=', 'published'),
    eb.or([eb('entries.published_at', 'is', null), eb('entries.published_at', '<=', sql<Date>`now()`)]),
  ]);
