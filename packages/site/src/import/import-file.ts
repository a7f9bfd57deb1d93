/** One file: from its bytes to a stored entry. */
import { join } from 'node:path';
import pg from 'pg';
import { FrontMatterError, MarkdownError, render } from '@homepage/markdown';
import { previewEntry, saveEntry, type EntryInput } from '../entries/save.ts';
import { entryUrl } from '../entries/url.ts';
import type { Site } from '../media/store.ts';
import { takenAliases } from '../redirects/aliases.ts';
import { titleFromName } from './address.ts';
import { BadFile, lineOf, reasonOf } from './bad-file.ts';
import { readDate } from './date.ts';
import type { CollectedMedia, FileUse, MediaReader, Note } from './media.ts';
import { addressKey, type Plan, type Planned } from './plan.ts';
import { readSource } from './read-file.ts';
import { mayReferToFiles, readReference } from './reference.ts';
import { readText, type ReadText } from './read-text.ts';
import type { FileAction, FileReport } from './report.ts';
import { linkTexts } from './text-links.ts';
import { wallTime } from './wall-time.ts';

export type ImportRun = {
  site: Site;
  /** real path of the folder */
  root: string;
  media: MediaReader;
  dryRun: boolean;
  sample: boolean;
  /** what lost its file is removed at the end */
  pruning: boolean;
  now: () => Date;
  /** where dates without an offset are meant */
  timeZone: string;
  plan: Plan;
};

/**
 * Imports one file. What is wrong with the file itself is in the report.
 * @param path relative to the folder, with "/"
 * @returns first what became of the file, then its notes in the order of their lines
 * @throws what is no fault of the file, such as a full disk
 */
export async function importFile(run: ImportRun, path: string): Promise<FileReport[]> {
  let slug: string | null = null;
  const line = (action: FileAction, at: number | null, reason: string | null): FileReport => ({
    path,
    action,
    slug,
    line: at,
    reason,
  });
  try {
    const source = await readSource(join(run.root, path));
    if (source.text.trim() === '') return [line('skipped', null, 'The file is empty.')];
    const asWritten = await readText(path, source.text, run.timeZone);
    const planned = plannedFor(run, path);
    slug = planned.slug;
    const linked = await linkTexts(run.plan, path, asWritten.body, asWritten.bodyLine);
    const text: ReadText = { ...asWritten, body: linked.body };
    const { media, notes } = await findMedia(run, path, text);
    notes.push(...asWritten.left, ...linked.notes);
    notes.push(...planned.notes);
    notes.push(...(await aliasNotes(run, planned)));
    const former = await formerEntry(run, path, planned);
    if (former.note) notes.push(former.note);
    const date = await dateOf(run, planned, text, source.modified, notes);
    const input = entryInput(run, path, {
      planned,
      text,
      date,
      media,
      guid: text.fields.guid ?? former.guid,
    });
    const save = run.dryRun ? previewEntry : saveEntry;
    const action = await inFileLines(text.bodyLine, save(run.site.db, input));
    return [
      line(action, null, null),
      ...notes.toSorted(byLine).map((note) => line('note', note.line, note.reason)),
    ];
  } catch (error) {
    if (!isFaultOfFile(error)) throw error;
    return [line('failed', lineOf(error), reasonOf(error))];
  }
}

/** @throws BadFile SLUG_UNUSABLE, SLUG_RESERVED, SLUG_TAKEN, FILE_CHANGED */
function plannedFor(run: ImportRun, path: string): Planned {
  const planned = run.plan.files.get(path);
  if (planned instanceof BadFile) throw planned;
  if (planned) return planned;
  throw new BadFile('FILE_CHANGED', 'It was changed while the import ran.', { fix: 'Run the import again.' });
}

/** An old address leads to one text; the first that claimed it keeps it. */
async function aliasNotes(run: ImportRun, planned: Planned): Promise<Note[]> {
  const taken = await takenAliases(run.site.db, planned, planned.named);
  return taken.map((path) => ({
    line: null,
    reason: `The old address ${path} leads to something else already, and stays so.`,
  }));
}

async function findMedia(
  run: ImportRun,
  path: string,
  { body, bodyLine, fields, lineOf }: ReadText,
): Promise<CollectedMedia> {
  // A dry run renders every text, since nothing else would find what cannot be rendered.
  const uses = run.dryRun || mayReferToFiles(body) ? await fileUses(body, bodyLine) : [];
  if (fields.cover)
    uses.push({ url: fields.cover.path, line: lineOf(fields.cover.field), picture: true, field: true });
  const collected = await run.media.collect(path, uses);
  if (fields.cover && readReference(path, fields.cover.path).kind === 'elsewhere') {
    collected.notes.push({
      line: lineOf(fields.cover.field),
      reason: `The cover ${fields.cover.path} is not a file of this folder, so it is not shown.`,
    });
  }
  return collected;
}

/** What the body shows and links, with lines of the file. */
async function fileUses(body: string, bodyLine: number): Promise<FileUse[]> {
  const { images, links } = await inFileLines(bodyLine, render(body));
  const use = ({ url, line }: { url: string; line: number }, picture: boolean): FileUse => ({
    url,
    line: lineInFile(bodyLine, line),
    picture,
  });
  return [...images.map((image) => use(image, true)), ...links.map((link) => use(link, false))];
}

/** The renderer counts from the first line of the body, and says 0 when it means the whole. */
const lineInFile = (bodyLine: number, line: number): number | null => (line > 0 ? line + bodyLine - 1 : null);

/** @throws BadFile for a body that cannot be rendered */
async function inFileLines<T>(bodyLine: number, rendering: Promise<T>): Promise<T> {
  try {
    return await rendering;
  } catch (cause) {
    if (!(cause instanceof MarkdownError)) throw cause;
    const { code, message, fix, line } = cause;
    throw new BadFile(code, message, { fix, line: lineInFile(bodyLine, line), cause });
  }
}

/** A published post needs a date: its own, else the one it has on the site, else the file's. */
async function dateOf(
  run: ImportRun,
  { kind, slug, place }: Planned,
  { fields }: ReadText,
  modified: Date,
  notes: Note[],
): Promise<Date | null> {
  const said = fields.date ?? readDate(place.date, run.timeZone) ?? null;
  if (said || kind !== 'post' || fields.draft || place.draft) return said;
  const stored = await run.site.db
    .selectFrom('entries')
    .select('published_at')
    .where('kind', '=', kind)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (stored?.published_at) return stored.published_at;
  // A clock that was wrong must not hide the post until that day.
  const date = new Date(Math.min(modified.getTime(), run.now().getTime()));
  notes.push({
    line: null,
    reason: `It has no date; the day the file was changed, ${wallTime(date, run.timeZone).toISOString().slice(0, 10)}, is used. Add "date:" to the front matter.`,
  });
  return date;
}

/**
 * What is stored of this text, or of its file under another slug: to those who subscribed it is the same post, and
 * the old one stays until the author says what becomes of it.
 */
async function formerEntry(
  { site, plan, pruning }: ImportRun,
  path: string,
  { kind, slug, named }: Planned,
): Promise<{ guid: string | null; note?: Note }> {
  const known = await site.db
    .selectFrom('entries')
    .select(['slug', 'guid'])
    .where('kind', '=', kind)
    .where((eb) => eb.or([eb('slug', '=', slug), eb('source', '=', path)]))
    .execute();
  const same = known.find((entry) => entry.slug === slug);
  const other = known.find((entry) => !plan.addresses.has(addressKey(kind, entry.slug)));
  if (!other) return { guid: same?.guid ?? null };
  const before = entryUrl(kind, other.slug);
  const guid = same ? same.guid : (other.guid ?? before);
  if (pruning) return { guid };
  const lead = named.includes(decodeURI(before)) ? '' : `add "aliases: [${decodeURI(before)}]" and `;
  return {
    guid,
    note: {
      line: null,
      reason: `This file was ${before} before, and that one is still there. To move it, ${lead}import with --prune.`,
    },
  };
}

type Parts = {
  planned: Planned;
  text: ReadText;
  date: Date | null;
  media: CollectedMedia['media'];
  guid: string | null;
};

function entryInput(run: ImportRun, path: string, { planned, text, date, media, guid }: Parts): EntryInput {
  const { kind, slug, place, aliases } = planned;
  const { title, fields, body } = text;
  const cover = fields.cover && media.find((file) => file.path === fields.cover!.path);
  return {
    kind,
    slug,
    title: title ?? titleFromName(place.name ?? slug),
    description: fields.description,
    status: fields.draft || place.draft ? 'draft' : 'published',
    publishedAt: date,
    updatedAt: fields.updated,
    tags: fields.tags,
    series: fields.series,
    cover: cover ? { hash: cover.hash, name: cover.name, alt: fields.cover!.alt } : null,
    markdown: body,
    frontMatter: fields.rest,
    guid,
    aliases,
    media,
    source: path,
    sample: run.sample,
  };
}

const byLine = (a: Note, b: Note): number => (a.line ?? 0) - (b.line ?? 0);

/** Values that PostgreSQL does not take (class 22) and limits of a row or an index (class 54) belong to the text. */
function isFaultOfFile(error: unknown): boolean {
  if (error instanceof BadFile || error instanceof FrontMatterError) return true;
  return error instanceof pg.DatabaseError && /^(22|54)/.test(error.code ?? '');
}
