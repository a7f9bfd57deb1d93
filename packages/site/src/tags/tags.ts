import type { Kysely } from 'kysely';
import type { Tag, TagCount } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { visible } from '../entries/visible.ts';

/** Every tag of a visible post or project with their number, most used first. */
export async function listTags(db: Kysely<Tables>): Promise<TagCount[]> {
  const rows = await visible(db, 'post', 'project')
    .innerJoin('entry_tags', 'entry_tags.entry_id', 'entries.id')
    .innerJoin('tags', 'tags.slug', 'entry_tags.tag_slug')
    .select((eb) => ['tags.slug', 'tags.label', eb.fn.countAll<number>().as('count')])
    .groupBy(['tags.slug', 'tags.label'])
    .orderBy('count', 'desc')
    .orderBy('tags.slug')
    .execute();
  return rows;
}

export async function findTag(db: Kysely<Tables>, slug: string): Promise<Tag | undefined> {
  return db.selectFrom('tags').selectAll().where('slug', '=', slug).executeTakeFirst();
}

/** The tags of some entries, by entry id, in the order they were written. */
export async function tagsOf(db: Kysely<Tables>, entryIds: number[]): Promise<Map<number, Tag[]>> {
  const result = new Map<number, Tag[]>(entryIds.map((id) => [id, []]));
  if (entryIds.length === 0) return result;
  const rows = await db
    .selectFrom('entry_tags')
    .innerJoin('tags', 'tags.slug', 'entry_tags.tag_slug')
    .select(['entry_tags.entry_id', 'tags.slug', 'tags.label'])
    .where('entry_tags.entry_id', 'in', entryIds)
    .orderBy('entry_tags.position')
    .execute();
  for (const row of rows) result.get(row.entry_id)!.push({ slug: row.slug, label: row.label });
  return result;
}
