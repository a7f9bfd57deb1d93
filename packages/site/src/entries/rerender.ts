import type { Kysely } from 'kysely';
import { render, RENDERER_VERSION } from '@homepage/markdown';
import type { Tables } from '../database/tables.ts';
import { bumpContentVersion } from '../content-version.ts';
import { mediaResolver } from '../media/resolve.ts';

/**
 * Renders entries again that an older renderer wrote, one at a time, newest first.
 * @param signal stops between two entries
 * @returns how many were rendered
 */
export async function rerenderStale(db: Kysely<Tables>, signal?: AbortSignal): Promise<number> {
  let rendered = 0;
  while (!signal?.aborted) {
    const entry = await db
      .selectFrom('entries')
      .select(['id', 'markdown', 'fingerprint'])
      .where('renderer_version', '<>', RENDERER_VERSION)
      .orderBy('published_at', (order) => order.desc().nullsLast())
      .limit(1)
      .executeTakeFirst();
    if (!entry) break;
    const media = await db.selectFrom('entry_media').select(['hash', 'name', 'path']).where('entry_id', '=', entry.id).execute();
    const result = await render(entry.markdown, { picture: await mediaResolver(db, media) });
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('entries')
        .set({
          html: result.html,
          headings: JSON.stringify(result.headings),
          text: result.text,
          words: result.words,
          reading_minutes: result.readingMinutes,
          renderer_version: RENDERER_VERSION,
        })
        .where('id', '=', entry.id)
        // Saved by somebody else meanwhile: theirs is newer.
        .where('fingerprint', '=', entry.fingerprint)
        .execute();
      await bumpContentVersion(trx);
    });
    rendered++;
  }
  return rendered;
}
