import { join } from 'node:path';
import { serializeDocument } from '@homepage/markdown/front-matter';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { mediaKey } from '../media/resolve.ts';
import type { Site } from '../media/store.ts';
import { REDIRECTS_FILE, writeRedirects } from '../import/redirects-file.ts';
import { listRedirects } from '../redirects/redirects.ts';
import { frontMatterOf } from './front-matter.ts';
import { layoutOf } from './layout.ts';
import { checkTarget, writeWhole } from './write-file.ts';

export type ExportOptions = Site & {
  folder: string;
  /** dates are written as they are meant there: the site's own */
  timeZone: string;
  /** write into a folder that is not empty: files of the same name are replaced, others stay */
  force?: boolean;
  onProgress?: (progress: { done: number; total: number; path: string }) => void;
};

export type ExportReport = {
  /** how many were written */
  files: number;
  bytes: number;
  /** files that could not be written, each with the reason */
  skipped: { path: string; reason: string }[];
};

/**
 * Writes every entry, drafts too, as a folder that `importFolder` reads: importing it into an empty site gives the
 * same pages, and exporting that the same files.
 * @throws Problem EXPORT_NOT_EMPTY, EXPORT_NOT_A_FOLDER, EXPORT_FAILED, DISK_FULL
 */
export async function exportFolder({
  db,
  storage,
  folder,
  timeZone,
  force,
  onProgress,
}: ExportOptions): Promise<ExportReport> {
  await checkTarget(folder, force ?? false);
  const report: ExportReport = { files: 0, bytes: 0, skipped: [] };
  const write = async (path: string, content: Parameters<typeof writeWhole>[1]): Promise<void> => {
    report.bytes += await writeWhole(join(folder, path), content);
    report.files++;
  };
  const ids = await entryIds(db);
  const taken = { names: new Set<string>(), shared: new Map<string, string>() };
  for (const [index, id] of ids.entries()) {
    const entry = await readEntry(db, id);
    // Removed since the list was made.
    if (!entry) continue;
    const { text, needsSlug, media, unsafe } = layoutOf(entry, taken);
    const tags = entry.tags.map((tag) => tag.label);
    await write(
      text,
      serializeDocument(
        frontMatterOf(entry, {
          tags,
          aliases: entry.aliases.map(({ path }) => path),
          slug: needsSlug ? entry.slug : null,
          timeZone,
        }),
        entry.markdown,
      ),
    );
    for (const { hash, file } of media) {
      const object = await storage.get(mediaKey(hash));
      if (object) await write(file, object.body);
      else report.skipped.push({ path: file, reason: 'The file is missing in the storage.' });
    }
    for (const path of unsafe)
      report.skipped.push({
        path,
        reason: `${text} refers to it, but no file can have this name, or another text has another file there.`,
      });
    onProgress?.({ done: index + 1, total: ids.length, path: text });
  }
  const redirects = writeRedirects(await listRedirects(db));
  if (redirects !== undefined) await write(REDIRECTS_FILE, redirects);
  return report;
}

/** In an order that does not depend on when an entry was saved, so that two exports are the same. */
async function entryIds(db: Kysely<Tables>): Promise<number[]> {
  const rows = await db.selectFrom('entries').select(['id', 'kind', 'slug']).execute();
  return rows.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)).map((row) => row.id);
}

const sortKey = ({ kind, slug }: { kind: string; slug: string }): string => `${kind}/${slug}`;

/** One query, so that an entry that is saved meanwhile is whole. */
function readEntry(db: Kysely<Tables>, id: number) {
  return db
    .selectFrom('entries')
    .select([
      'kind',
      'slug',
      'title',
      'description',
      'description_written',
      'status',
      'published_at',
      'updated_at',
    ])
    .select(['series_title', 'front_matter', 'guid', 'markdown'])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('entry_tags')
          .innerJoin('tags', 'tags.slug', 'entry_tags.tag_slug')
          .select('tags.label')
          .whereRef('entry_tags.entry_id', '=', 'entries.id')
          .orderBy('entry_tags.position'),
      ).as('tags'),
      jsonArrayFrom(
        eb
          .selectFrom('entry_media')
          .select(['entry_media.hash', 'entry_media.path'])
          .whereRef('entry_media.entry_id', '=', 'entries.id')
          .orderBy('entry_media.path'),
      ).as('media'),
      jsonArrayFrom(
        eb
          .selectFrom('redirects')
          .select('redirects.path')
          .whereRef('redirects.entry_id', '=', 'entries.id')
          .orderBy(sql`path collate "C"`),
      ).as('aliases'),
    ])
    .where('id', '=', id)
    .executeTakeFirst();
}
