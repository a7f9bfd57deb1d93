import type { Kysely, Selectable } from 'kysely';
import type { Lookup, Page } from '@homepage/contract';
import type { EntriesTable, Tables } from '../database/tables.ts';
import { canonicalOf } from '../entries/canonical.ts';
import { goneOrElsewhere } from '../redirects/redirects.ts';
import { visible } from '../entries/visible.ts';

export async function findPage(db: Kysely<Tables>, slug: string): Promise<Lookup<Page>> {
  const row = await visible(db, 'page')
    .selectAll('entries')
    .where('entries.slug', '=', slug)
    .executeTakeFirst();
  return row ? { status: 'found', value: pageOf(row) } : goneOrElsewhere(db, 'page', slug);
}

export const pageOf = (row: Selectable<EntriesTable>): Page => ({
  slug: row.slug,
  title: row.title,
  description: row.description,
  html: row.html,
  headings: row.headings,
  canonical: canonicalOf(row.front_matter),
  updatedAt: (row.updated_at ?? row.published_at)?.toISOString() ?? null,
  sample: row.sample,
});

export async function listPages(
  db: Kysely<Tables>,
): Promise<Omit<Page, 'html' | 'headings' | 'canonical' | 'sample'>[]> {
  const rows = await visible(db, 'page')
    .select([
      'entries.slug',
      'entries.title',
      'entries.description',
      'entries.updated_at',
      'entries.published_at',
    ])
    .orderBy('entries.slug')
    .execute();
  return rows.map((row) => ({
    slug: row.slug,
    title: row.title,
    description: row.description,
    updatedAt: (row.updated_at ?? row.published_at)?.toISOString() ?? null,
  }));
}
