/**
 * What a new site shows until its owner writes: marked as sample, removable at once, never back.
 * The row `sample` of the table meta remembers: "seeded", then "removed".
 */
import { resolve } from 'node:path';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { bumpContentVersion } from '../content-version.ts';
import { removeUnusedTags } from '../entries/remove.ts';
import { removeUnusedMedia, type Site } from '../media/store.ts';

const SAMPLE_FOLDER = resolve(import.meta.dirname, '../../sample');

export type SampleOptions = Site & { timeZone: string };

/**
 * Gives a new site something to read, once: only while the owner has no entry and none was ever seeded.
 * A start that was cut short in between is completed by the next.
 * @returns whether it did
 */
export async function seedSample({ db, storage, timeZone }: SampleOptions): Promise<boolean> {
  if (await sampleState(db)) return false;
  const own = await db
    .selectFrom('entries')
    .select('id')
    .where('sample', '=', false)
    .limit(1)
    .executeTakeFirst();
  if (own) return false;
  const { importFolder } = await import('../import/import-folder.ts');
  await importFolder({ db, storage, folder: SAMPLE_FOLDER, timeZone, sample: true });
  await db
    .insertInto('meta')
    .values({ key: 'sample', value: 'seeded' })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  return true;
}

/**
 * Removes every sample entry, and the tags and files that only they used. Their addresses answer 404, not 410:
 * they never were the owner's. On a new site it prevents the seeding.
 */
export async function removeSample({ db, storage }: Site): Promise<{ removed: number }> {
  return db.transaction().execute(async (trx) => {
    const files = await filesOfSample(trx);
    const removed = await trx.deleteFrom('entries').where('sample', '=', true).returning('id').execute();
    await removeUnusedTags(trx);
    await removeUnusedMedia(trx, storage, files);
    await trx
      .insertInto('meta')
      .values({ key: 'sample', value: 'removed' })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: 'removed' }))
      .execute();
    if (removed.length > 0) await bumpContentVersion(trx);
    return { removed: removed.length };
  });
}

async function sampleState(db: Kysely<Tables>): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'sample').executeTakeFirst();
  return row?.value;
}

/** Every file of a sample entry: its cover is among them. */
async function filesOfSample(trx: Kysely<Tables>): Promise<string[]> {
  const rows = await trx
    .selectFrom('entry_media')
    .innerJoin('entries', 'entries.id', 'entry_media.entry_id')
    .select('entry_media.hash')
    .distinct()
    .where('entries.sample', '=', true)
    .execute();
  return rows.map((row) => row.hash);
}
