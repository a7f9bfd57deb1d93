import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

export type MediaFile = {
  hash: string;
  contentType: string;
  bytes: number;
  width: number | null;
  height: number | null;
  animated: boolean;
};

export async function findMedia(db: Kysely<Tables>, hash: string): Promise<MediaFile | undefined> {
  const row = await db.selectFrom('media').selectAll().where('hash', '=', hash).executeTakeFirst();
  return (
    row && {
      hash: row.hash,
      contentType: row.content_type,
      bytes: row.bytes,
      width: row.width,
      height: row.height,
      animated: row.animated,
    }
  );
}

/** How many files there are, and one of them. */
export async function mediaStatus(db: Kysely<Tables>): Promise<{ objects: number; any: string | null }> {
  return db
    .selectFrom('media')
    .select((eb) => [eb.fn.countAll<number>().as('objects'), eb.fn.max('hash').as('any')])
    .executeTakeFirstOrThrow();
}
