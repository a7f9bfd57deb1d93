import { type Kysely, sql } from 'kysely';
import type { Tables } from './database/tables.ts';

/** Called in the transaction of every change of content, so that each process drops its cached pages. */
export async function bumpContentVersion(trx: Kysely<Tables>): Promise<void> {
  await trx
    .updateTable('content_version')
    .set({ version: sql`version + 1` })
    .where('id', '=', 1)
    .execute();
}

/**
 * A value that changes whenever what visitors may see changes: content was written,
 * or the time of a scheduled entry has come.
 */
export async function contentVersion(db: Kysely<Tables>): Promise<string> {
  const row = await db
    .selectFrom('content_version')
    .select((eb) => [
      'version',
      eb
        .selectFrom('entries')
        .select((inner) => inner.fn.max('published_at').as('newest'))
        .where('status', '=', 'published')
        .where('published_at', '<=', sql<Date>`now()`)
        .as('newest'),
    ])
    .executeTakeFirstOrThrow();
  return `${row.version}:${row.newest?.getTime() ?? 0}`;
}
