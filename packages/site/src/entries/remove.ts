import type { Kysely } from 'kysely';
import type { EntryKind, Tables } from '../database/tables.ts';
import { bumpContentVersion } from '../content-version.ts';

/**
 * Removes an entry. Its address answers 410 with the reason from then on.
 * @returns false when there was no such entry
 */
export async function removeEntry(
  db: Kysely<Tables>,
  kind: EntryKind,
  slug: string,
  reason: string,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const removed = await trx
      .deleteFrom('entries')
      .where('kind', '=', kind)
      .where('slug', '=', slug)
      .returning('title')
      .executeTakeFirst();
    if (!removed) return false;
    await trx
      .insertInto('gone')
      .values({ kind, slug, title: removed.title, reason })
      .onConflict((conflict) =>
        conflict.columns(['kind', 'slug']).doUpdateSet({ title: removed.title, reason }),
      )
      .execute();
    await removeUnusedTags(trx);
    await bumpContentVersion(trx);
    return true;
  });
}

/** A tag without entries has no page. */
export async function removeUnusedTags(trx: Kysely<Tables>): Promise<void> {
  await trx
    .deleteFrom('tags')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('entry_tags').select('entry_id').whereRef('entry_tags.tag_slug', '=', 'tags.slug'),
        ),
      ),
    )
    .execute();
}
