/** Drafts and scheduled entries, for whoever has a signed link to one. A link names an entry; it shows what that has now. */
import type { Kysely, Selectable } from 'kysely';
import type { Draft, Lookup } from '@homepage/contract';
import type { Keyring } from '@homepage/platform';
import type { EntriesTable, EntryKind, Tables } from '../database/tables.ts';
import { entryUrl } from '../entries/url.ts';
import { isVisible } from '../entries/visible.ts';
import { pageOf } from '../pages/pages.ts';
import { postOf } from '../posts/posts.ts';
import { projectOf } from '../projects/projects.ts';

const PURPOSE = 'preview';

/**
 * Path of the page that shows an entry until then.
 * @throws Problem SESSION_KEY_MISSING
 */
export function draftLink(
  keyring: Keyring,
  { kind, slug }: { kind: EntryKind; slug: string },
  expires: Date,
): string {
  return `/preview/${keyring.sign(PURPOSE, `${kind}/${slug}`, expires)}`;
}

/** Missing for every token that shows nothing, whyever; moved when the entry is public now. */
export async function openDraft(db: Kysely<Tables>, keyring: Keyring, token: string): Promise<Lookup<Draft>> {
  const signed = keyring.verify(PURPOSE, token);
  if (!signed) return { status: 'missing' };
  const [kind, slug] = signed.payload.split('/', 2) as [EntryKind, string];
  const row = await db
    .selectFrom('entries')
    .selectAll('entries')
    .select((eb) => isVisible(eb).as('is_public'))
    .where('entries.kind', '=', kind)
    .where('entries.slug', '=', slug)
    .executeTakeFirst();
  if (!row) return { status: 'missing' };
  if (row.is_public) return { status: 'moved', url: entryUrl(kind, slug) };
  const link = { until: signed.expires.toISOString(), scheduled: row.status === 'published' };
  return { status: 'found', value: { ...link, ...(await contentOf(db, row)) } };
}

async function contentOf(db: Kysely<Tables>, row: Selectable<EntriesTable>) {
  if (row.kind === 'page') return { kind: row.kind, page: pageOf(row) };
  if (row.kind === 'project') return { kind: row.kind, project: await projectOf(db, row) };
  // As if it were published now, when it does not say when.
  const published_at = row.published_at ?? new Date();
  return { kind: row.kind, post: await postOf(db, { ...row, published_at }) };
}

export type FoundEntry = {
  kind: EntryKind;
  slug: string;
  title: string;
  /** whether visitors see it */
  isPublic: boolean;
};

/** Whatever has this slug, public or not: a post, a page and a project may have the same. */
export async function findAnywhere(db: Kysely<Tables>, slug: string): Promise<FoundEntry[]> {
  const rows = await db
    .selectFrom('entries')
    .select(['kind', 'slug', 'title'])
    .select((eb) => isVisible(eb).as('isPublic'))
    .where('slug', '=', slug)
    .orderBy('kind')
    .execute();
  return rows.map((row) => ({ ...row, isPublic: Boolean(row.isPublic) }));
}

/** Of everything that there is, public or not. */
export async function slugs(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('entries').select('slug').distinct().execute();
  return rows.map(({ slug }) => slug);
}
