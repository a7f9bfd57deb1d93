import type { Kysely } from 'kysely';
import type { Lookup } from '@homepage/contract';
import type { EntryKind, Tables } from '../database/tables.ts';

/** What an address without a visible entry answers: gone when it was removed, else missing. */
export async function goneOrMissing(
  db: Kysely<Tables>,
  kind: EntryKind,
  slug: string,
): Promise<Exclude<Lookup<never>, { status: 'found' }>> {
  const row = await db
    .selectFrom('gone')
    .selectAll()
    .where('kind', '=', kind)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (!row) return { status: 'missing' };
  return { status: 'gone', title: row.title, since: row.since.toISOString(), reason: row.reason };
}
