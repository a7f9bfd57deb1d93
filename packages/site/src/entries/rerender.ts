import type { Kysely } from 'kysely';
import { MarkdownError, render, RENDERER_VERSION } from '@homepage/markdown';
import type { Tables } from '../database/tables.ts';
import { bumpContentVersion } from '../content-version.ts';
import { once } from '../once.ts';
import { mediaResolver } from '../media/resolve.ts';

export type RerenderOptions = {
  /** stops between two entries */
  signal?: AbortSignal;
  onUnreadable?: (slug: string, error: unknown) => void;
};

/** Each change of the content version makes every process drop its pages: one a second is enough. */
const ANNOUNCE_MS = 1000;

/**
 * Renders entries again that an older renderer wrote, one at a time, newest first. An entry that this
 * renderer cannot read keeps its HTML and is tried again at the next start.
 * @returns how many were rendered
 */
export async function rerenderStale(db: Kysely<Tables>, options: RerenderOptions = {}): Promise<number> {
  const ran = await once(db, 'render', () => rerenderAll(db, options));
  return ran?.result ?? 0; // another process is at it
}

async function rerenderAll(db: Kysely<Tables>, options: RerenderOptions): Promise<number> {
  const { signal, onUnreadable } = options;
  let rendered = 0;
  let unannounced = 0;
  let announcedAt = performance.now();
  const unreadable: number[] = [];
  try {
    while (!signal?.aborted) {
      const entry = await nextStale(db, unreadable);
      if (!entry) break;
      const columns = await renderAgain(db, entry).catch((error: unknown) => {
        if (!(error instanceof MarkdownError)) throw error;
        unreadable.push(entry.id);
        onUnreadable?.(entry.slug, error);
      });
      if (!columns) continue;
      await db
        .updateTable('entries')
        .set(columns)
        .where('id', '=', entry.id)
        // Saved by somebody else meanwhile: theirs is newer.
        .where('fingerprint', '=', entry.fingerprint)
        .execute();
      rendered++;
      unannounced++;
      if (performance.now() - announcedAt > ANNOUNCE_MS) {
        await bumpContentVersion(db);
        unannounced = 0;
        announcedAt = performance.now();
      }
    }
  } finally {
    if (unannounced > 0) await bumpContentVersion(db);
  }
  return rendered;
}

type StaleEntry = {
  id: number;
  slug: string;
  markdown: string;
  fingerprint: string;
  description: string;
  description_written: boolean;
};

function nextStale(db: Kysely<Tables>, except: number[]): Promise<StaleEntry | undefined> {
  return (
    db
      .selectFrom('entries')
      .select(['id', 'slug', 'markdown', 'fingerprint', 'description', 'description_written'])
      // Not "another": a process of the release before this one must not render back what this one rendered.
      .where('renderer_version', '<', RENDERER_VERSION)
      .$if(except.length > 0, (query) => query.where('id', 'not in', except))
      .orderBy('published_at', (order) => order.desc().nullsLast())
      .limit(1)
      .executeTakeFirst()
  );
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
