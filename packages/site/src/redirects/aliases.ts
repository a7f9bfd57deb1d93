import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

/** The old addresses of an entry. One that leads elsewhere already stays where it leads: see `takenAliases`. */
export async function replaceAliases(trx: Kysely<Tables>, entryId: number, paths: string[]): Promise<void> {
  await trx.deleteFrom('redirects').where('entry_id', '=', entryId).execute();
  await addMissingAliases(trx, entryId, paths);
}

/**
 * Also for a text that did not change: what had taken its old address may be gone by now.
 * @returns whether any was missing
 */
export async function addMissingAliases(
  trx: Kysely<Tables>,
  entryId: number,
  paths: string[],
): Promise<boolean> {
  if (paths.length === 0) return false;
  const added = await trx
    .insertInto('redirects')
    .values([...new Set(paths)].map((path) => ({ path, entry_id: entryId, target: null })))
    .onConflict((conflict) => conflict.column('path').doNothing())
    .returning('path')
    .execute();
  return added.length > 0;
}

/** Those of some paths that lead to something else already. @param entryId whose paths they are to be */
export async function takenAliases(
  db: Kysely<Tables>,
  entry: { kind: string; slug: string },
  paths: string[],
): Promise<string[]> {
  if (paths.length === 0) return [];
  const rows = await db
    .selectFrom('redirects')
    .leftJoin('entries', 'entries.id', 'redirects.entry_id')
    .select(['redirects.path', 'entries.kind', 'entries.slug'])
    .where('redirects.path', 'in', paths)
    .execute();
  return rows.filter((row) => row.kind !== entry.kind || row.slug !== entry.slug).map((row) => row.path);
}
