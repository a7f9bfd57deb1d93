import { type Kysely, sql } from 'kysely';

/** Pictures that move are shown as they are: a smaller copy would stand still. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table media add column animated boolean not null default false`.execute(db);
}
