import { type Kysely, sql } from 'kysely';
import type { ContactMessage } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';

export type StoredMessage = {
  id: number;
  receivedAt: Date;
  name: string;
  email: string | null;
  message: string;
  /** probably written by a program */
  suspect: boolean;
};

/**
 * Stores a message, and in the same transaction that a notice of it is to be sent by each channel.
 * When this returns the message is safe.
 */
export async function storeMessage(
  db: Kysely<Tables>,
  { name, email, message, website }: ContactMessage,
  channels: string[],
): Promise<StoredMessage> {
  const suspect = Boolean(website);
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('contact_messages')
      .values({ name, email: email || null, message, suspect })
      .returningAll()
      .executeTakeFirstOrThrow();
    if (!suspect && channels.length > 0) {
      const notices = channels.map((channel) => ({ message_id: row.id, channel }));
      await trx.insertInto('contact_notices').values(notices).execute();
    }
    return stored(row);
  });
}

/** Newest first. @param suspect also those that were probably written by a program */
export async function listMessages(
  db: Kysely<Tables>,
  { limit, suspect }: { limit: number; suspect: boolean },
): Promise<StoredMessage[]> {
  const rows = await db
    .selectFrom('contact_messages')
    .selectAll()
    .$if(!suspect, (query) => query.where('suspect', '=', false))
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(stored);
}

/** @returns how many were deleted */
export async function deleteOldMessages(db: Kysely<Tables>, keepDays: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('contact_messages')
    .where('received_at', '<', sql<Date>`now() - make_interval(days => ${keepDays})`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** @returns false when there was none */
export async function removeMessage(db: Kysely<Tables>, id: number): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('contact_messages').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

type Row = {
  id: number;
  received_at: Date;
  name: string;
  email: string | null;
  message: string;
  suspect: boolean;
};

export function stored({ id, received_at, name, email, message, suspect }: Row): StoredMessage {
  return { id, receivedAt: received_at, name, email, message, suspect };
}
