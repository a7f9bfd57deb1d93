/** Indexes are made after the rows are there: sorted once, the words of 10,000 posts take seconds instead of minutes. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '@homepage/site';

/**
 * Takes away the indexes of these tables, but for those that a constraint needs, and with them the reading of the tables
 * by anybody else until the transaction ends.
 * @param tables names
 * @returns makes them again
 */
export async function dropIndexes(trx: Kysely<Tables>, tables: string[]): Promise<() => Promise<void>> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where t.relnamespace = 'public'::regnamespace and t.relname = any(${tables}) and not i.indisunique
    order by c.relname`.execute(trx);
  for (const { name } of rows) await sql`drop index ${sql.id('public', name)}`.execute(trx);
  return async () => {
    for (const { definition } of rows) await sql.raw(definition).execute(trx);
  };
}
