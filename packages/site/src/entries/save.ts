import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { render, RENDERER_VERSION } from '@homepage/markdown';
import type { EntryKind, EntryStatus, Tables } from '../database/tables.ts';
import { slugify } from '../slug.ts';
import { bumpContentVersion } from '../content-version.ts';
import { mediaResolver } from '../media/resolve.ts';
import { addMissingAliases, replaceAliases } from '../redirects/aliases.ts';

/** A file that an entry shows: `path` as written in its Markdown, `name` as it stands in the address. */
export type EntryMedia = { hash: string; name: string; path: string };

export type EntryInput = {
  kind: EntryKind;
  slug: string;
  title: string;
  /** empty: the excerpt of the body */
  description: string;
  status: EntryStatus;
  publishedAt: Date | null;
  updatedAt: Date | null;
  /** labels, in order */
  tags: string[];
  series: string | null;
  cover: { hash: string; name: string; alt: string } | null;
  /** body without front matter */
  markdown: string;
  frontMatter: Record<string, unknown>;
  /** see EntriesTable */
  guid: string | null;
  /** paths that lead to it by a permanent redirect */
  aliases: string[];
  media: EntryMedia[];
  source: string | null;
  sample: boolean;
};

export type SaveResult = 'created' | 'updated' | 'unchanged';

/**
 * Renders and stores an entry with its tags and files, in one transaction.
 * Saving the same again changes nothing. An address that was gone is alive again.
 * @throws MarkdownError when the body cannot be rendered
 */
export async function saveEntry(db: Kysely<Tables>, input: EntryInput): Promise<SaveResult> {
  const { stored, fingerprint, result } = await compare(db, input);
  if (stored && result === 'unchanged') {
    if (stored.source !== input.source) await moveSource(db, stored.id, input.source);
    if (await addMissingAliases(db, stored.id, input.aliases)) await bumpContentVersion(db);
    return result;
  }
  // Rendered before the transaction starts: it takes longer than the writing.
  const row = { ...(await renderedColumns(db, input)), ...plainColumns(input), fingerprint };
  await db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('entries')
      .values({ kind: input.kind, slug: input.slug, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'slug']).doUpdateSet(row))
      .returning('id')
      .executeTakeFirstOrThrow();
    await replaceTags(trx, id, input);
    await replaceMedia(trx, id, input.media);
    await replaceAliases(trx, id, input.aliases);
    await trx.deleteFrom('gone').where('kind', '=', input.kind).where('slug', '=', input.slug).execute();
    await bumpContentVersion(trx);
  });
  return result;
}

/** What `saveEntry` would do. */
export async function previewEntry(db: Kysely<Tables>, input: EntryInput): Promise<SaveResult> {
  return (await compare(db, input)).result;
}

async function compare(db: Kysely<Tables>, input: EntryInput) {
  const fingerprint = fingerprintOf(input);
  const stored = await db
    .selectFrom('entries')
    .select(['id', 'fingerprint', 'renderer_version', 'source'])
    .where('kind', '=', input.kind)
    .where('slug', '=', input.slug)
    .executeTakeFirst();
  const same = stored?.fingerprint === fingerprint && stored.renderer_version === RENDERER_VERSION;
  const result: SaveResult = same ? 'unchanged' : stored ? 'updated' : 'created';
  return { stored, fingerprint, result };
}

/** The same text from another file: nothing that a visitor sees changes. */
async function moveSource(db: Kysely<Tables>, id: number, source: string | null): Promise<void> {
  await db.updateTable('entries').set({ source }).where('id', '=', id).execute();
}

function plainColumns(input: EntryInput) {
  return {
    title: input.title,
    status: input.status,
    published_at: input.publishedAt,
    updated_at: input.updatedAt,
    markdown: input.markdown,
    front_matter: JSON.stringify(input.frontMatter),
    series_slug: input.series ? slugify(input.series) : null,
    series_title: input.series,
    cover_hash: input.cover?.hash ?? null,
    cover_name: input.cover?.name ?? null,
    cover_alt: input.cover?.alt ?? '',
    source: input.source,
    sample: input.sample,
    guid: input.guid,
  };
}

async function renderedColumns(db: Kysely<Tables>, input: EntryInput) {
  const rendered = await render(input.markdown, await mediaResolver(db, input.media));
  return {
    description: input.description || rendered.excerpt,
    description_written: input.description !== '',
    html: rendered.html,
    headings: JSON.stringify(rendered.headings),
    text: rendered.text,
    words: rendered.words,
    reading_minutes: rendered.readingMinutes,
    renderer_version: RENDERER_VERSION,
  };
}

async function replaceTags(trx: Kysely<Tables>, entryId: number, input: EntryInput): Promise<void> {
  await trx.deleteFrom('entry_tags').where('entry_id', '=', entryId).execute();
  const bySlug = new Map(
    input.tags.map((label) => [slugify(label), label]).filter(([slug]) => slug) as [string, string][],
  );
  if (bySlug.size === 0) return;
  await trx
    .insertInto('tags')
    // In one order for all: two saves at once never wait for each other in a circle.
    .values(
      [...bySlug].map(([slug, label]) => ({ slug, label })).toSorted((a, b) => (a.slug < b.slug ? -1 : 1)),
    )
    // The spelling that was saved last is shown: a corrected one must win.
    .onConflict((conflict) =>
      conflict.column('slug').doUpdateSet((eb) => ({ label: eb.ref('excluded.label') })),
    )
    .execute();
  const post_at = input.kind === 'post' && input.status === 'published' ? input.publishedAt : null;
  await trx
    .insertInto('entry_tags')
    .values(
      [...bySlug.keys()].map((tag_slug, position) => ({ entry_id: entryId, tag_slug, position, post_at })),
    )
    .execute();
}

async function replaceMedia(trx: Kysely<Tables>, entryId: number, media: EntryMedia[]): Promise<void> {
  await trx.deleteFrom('entry_media').where('entry_id', '=', entryId).execute();
  if (media.length === 0) return;
  const byPath = new Map(media.map((file) => [file.path, file]));
  await trx
    .insertInto('entry_media')
    .values([...byPath.values()].map((file) => ({ entry_id: entryId, ...file })))
    .execute();
}

/** Of everything a visitor sees or an export writes; where the file lay is neither. */
function fingerprintOf({ source: _source, publishedAt, updatedAt, ...rest }: EntryInput): string {
  const dates = {
    publishedAt: publishedAt?.toISOString() ?? null,
    updatedAt: updatedAt?.toISOString() ?? null,
  };
  return createHash('sha256')
    .update(JSON.stringify({ ...rest, ...dates }))
    .digest('hex');
}
