import { type Kysely, sql } from 'kysely';
import type { PostSummary, Tag } from '@homepage/contract';
import type { Tables } from '../database/tables.ts';
import { postUrl } from '../entries/url.ts';
import { visible } from '../entries/visible.ts';
import { tagsOf } from '../tags/tags.ts';

export const summaryColumns = [
  'entries.id',
  'entries.slug',
  'entries.title',
  'entries.description',
  'entries.published_at',
  'entries.updated_at',
  'entries.reading_minutes',
  'entries.sample',
] as const;

export type SummaryRow = {
  id: number;
  slug: string;
  title: string;
  description: string;
  published_at: Date | null;
  updated_at: Date | null;
  reading_minutes: number;
  sample: boolean;
};

/** Visible posts, newest first (of one time: last slug first), without limit: add limits and filters to it. */
export function selectPosts(db: Kysely<Tables>) {
  return visible(db, 'post')
    .select([...summaryColumns])
    .orderBy('entries.published_at', 'desc')
    .orderBy('entries.slug', 'desc');
}

/** The same of one tag. */
export function selectTagged(db: Kysely<Tables>, tagSlug: string) {
  return db
    .selectFrom('entry_tags')
    .innerJoin('entries', 'entries.id', 'entry_tags.entry_id')
    .select([...summaryColumns])
    .where('entry_tags.tag_slug', '=', tagSlug)
    .where('entry_tags.post_at', '<=', sql<Date>`now()`)
    .orderBy('entry_tags.post_at', 'desc')
    .orderBy('entries.slug', 'desc');
}

export async function summaries(db: Kysely<Tables>, rows: SummaryRow[]): Promise<PostSummary[]> {
  const tags = await tagsOf(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => summary(row, tags.get(row.id) ?? []));
}

export function summary(row: SummaryRow, tags: Tag[]): PostSummary {
  return {
    slug: row.slug,
    title: row.title,
    description: row.description,
    publishedAt: row.published_at!.toISOString(),
    updatedAt: row.updated_at?.toISOString() ?? null,
    tags,
    url: postUrl(row.slug),
    readingMinutes: row.reading_minutes,
    sample: row.sample,
  };
}
