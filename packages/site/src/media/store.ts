import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Storage } from '@homepage/platform';
import type { Tables } from '../database/tables.ts';
import type { FileInfo } from './inspect.ts';
import { mediaKey } from './resolve.ts';
import { variantKeys } from './variants.ts';

export type Site = { db: Kysely<Tables>; storage: Storage };

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Stores a file under the hash of its bytes; does nothing when it is there.
 * The bytes come first: a row never names an object that is not there.
 * @throws Problem DISK_FULL, STORAGE_FAILED
 */
export async function storeMedia(
  { db, storage }: Site,
  hash: string,
  bytes: Uint8Array,
  info: FileInfo,
): Promise<void> {
  const row = await db.selectFrom('media').select('hash').where('hash', '=', hash).executeTakeFirst();
  const stored = await storage.has(mediaKey(hash));
  if (row && stored) return;
  if (!stored) await storage.put(mediaKey(hash), bytes);
  await db
    .insertInto('media')
    .values({
      hash,
      content_type: info.contentType,
      bytes: bytes.byteLength,
      width: info.width,
      height: info.height,
      animated: info.animated,
    })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

/**
 * Removes those of some files that no entry uses any more. Runs in a transaction: the objects go before it ends,
 * so that somebody who stores the same file at that moment stores it again.
 * @returns how many were removed
 */
export async function removeUnusedMedia(
  trx: Kysely<Tables>,
  storage: Storage,
  hashes: string[],
): Promise<number> {
  if (hashes.length === 0) return 0;
  const removed = await trx
    .deleteFrom('media')
    .where('hash', 'in', hashes)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('entry_media').select('hash').whereRef('entry_media.hash', '=', 'media.hash'),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom('entries').select('id').whereRef('entries.cover_hash', '=', 'media.hash')),
      ),
    )
    .returning(['hash', 'content_type as contentType', 'width', 'animated'])
    .execute();
  for (const file of removed) {
    for (const key of [...variantKeys(file), mediaKey(file.hash)]) await storage.remove(key);
  }
  return removed.length;
}
