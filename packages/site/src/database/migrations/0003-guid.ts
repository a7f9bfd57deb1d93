import { type Kysely, sql } from 'kysely';

/** What feeds call an entry, when it is not its address: it outlives a change of the slug. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table entries add column guid text`.execute(db);
}
