import type { EntriesTable } from '../database/tables.ts';
import type { Selectable } from 'kysely';
import { writeDate } from '../import/date.ts';

export type ExportedFields = Pick<
  Selectable<EntriesTable>,
  | 'title'
  | 'description'
  | 'description_written'
  | 'status'
  | 'published_at'
  | 'updated_at'
  | 'series_title'
  | 'front_matter'
  | 'guid'
>;

/**
 * The front matter that brings the same entry back: our own fields first, then the others in their order.
 * Pure.
 * @param also.slug only when the file name does not say it
 */
export function frontMatterOf(
  entry: ExportedFields,
  also: { tags: string[]; aliases: string[]; slug: string | null; timeZone: string },
): Record<string, unknown> {
  const { tags, aliases, slug, timeZone } = also;
  return {
    title: entry.title,
    ...(slug === null ? {} : { slug }),
    ...(entry.published_at ? { date: writeDate(entry.published_at, timeZone) } : {}),
    ...(entry.updated_at ? { updated: writeDate(entry.updated_at, timeZone) } : {}),
    ...(entry.description_written ? { description: entry.description } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(entry.series_title ? { series: entry.series_title } : {}),
    ...(entry.guid === null ? {} : { guid: entry.guid }),
    ...(entry.status === 'draft' ? { draft: true } : {}),
    ...(aliases.length > 0 ? { aliases } : {}),
    ...entry.front_matter,
  };
}
