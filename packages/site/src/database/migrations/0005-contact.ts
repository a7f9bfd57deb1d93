import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table contact_messages (
      id bigint generated always as identity primary key,
      received_at timestamptz not null default now(),
      name text not null,
      email text,
      message text not null,
      suspect boolean not null
    )`.execute(db);
  await sql`create index contact_messages_by_date on contact_messages (received_at)`.execute(db);
  await sql`
    create table contact_notices (
      message_id bigint not null references contact_messages on delete cascade,
      channel text not null,
      attempts integer not null default 0,
      due_at timestamptz not null default now(),
      last_error text,
      primary key (message_id, channel)
    )`.execute(db);
  await sql`create index contact_notices_by_due on contact_notices (due_at)`.execute(db);
}
