import type { Kysely } from 'kysely';
import { render, RENDERER_VERSION } from '@homepage/markdown';
import type { Tables } from '../database/tables.ts';
import { bumpContentVersion } from '../content-version.ts';
import { mediaResolver } from '../media/resolve.ts';

/**
 * Renders entries again that an older renderer wrote, one at a time, newest first. An entry that this
 * renderer cannot read keeps its HTML and is tried again at the next start.
 * @param signal stops between two entries
 * @returns how many were rendered
 */
export async function rerenderStale(db: Kysely<Tables>, signal?: AbortSignal): Promise<number> {
  let rendered = 0;
  const unreadable: number[] = [];
  while (!signal?.aborted) {
    const entry = await nextStale(db, unreadable);
    if (!entry) break;
    const columns = await renderAgain(db, entry).catch(() => undefined);
    if (!columns) {
      unreadable.push(entry.id);
      continue;
    }
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('entries')
        .set(columns)
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

type StaleEntry = {
  id: number;
  markdown: string;
  fingerprint: string;
  description: string;
  description_written: boolean;
};

function nextStale(db: Kysely<Tables>, except: number[]): Promise<StaleEntry | undefined> {
  return db
    .selectFrom('entries')
    .select(['id', 'markdown', 'fingerprint', 'description', 'description_written'])
    .where('renderer_version', '<>', RENDERER_VERSION)
    .$if(except.length > 0, (query) => query.where('id', 'not in', except))
    .orderBy('published_at', (order) => order.desc().nullsLast())
    .limit(1)
    .executeTakeFirst();
}

async function renderAgain(db: Kysely<Tables>, entry: StaleEntry) {
  const media = await db
    .selectFrom('entry_media')
    .select(['hash', 'name', 'path'])
    .where('entry_id', '=', entry.id)
    .execute();
  const result = await render(entry.markdown, await mediaResolver(db, media));
  return {
    description: entry.description_written ? entry.description : result.excerpt,
    html: result.html,
    headings: JSON.stringify(result.headings),
    text: result.text,
    words: result.words,
    reading_minutes: result.readingMinutes,
    renderer_version: RENDERER_VERSION,
  };
}
