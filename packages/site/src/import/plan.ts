/** Which file takes which address, and what stood where before: known before the first text is stored. */
import { join } from 'node:path';
import { FrontMatterError } from '@homepage/markdown';
import { parseDocument } from '@homepage/markdown/front-matter';
import type { EntryKind } from '../database/tables.ts';
import { entryUrl } from '../entries/url.ts';
import { addressOf } from './address.ts';
import { BadFile } from './bad-file.ts';
import { lineOfField, readFields, type Fields } from './fields.ts';
import { formerAddress, type Generator } from './generator.ts';
import type { Note } from './media.ts';
import { placeOf, type Place } from './place.ts';
import { readSource } from './read-file.ts';

export type Planned = {
  kind: EntryKind;
  slug: string;
  place: Place;
  /** paths that lead to it from now on */
  aliases: string[];
  /** those of them that the front matter names */
  named: string[];
  notes: Note[];
};

export type Plan = {
  /** by path of the file; a BadFile says why it gets no address. Files that cannot be read are missing. */
  files: Map<string, Planned | BadFile>;
  /** by old address: what it leads to now */
  formerly: Map<string, Planned>;
  /** which file took which address, by `kind/slug` */
  addresses: Map<string, string>;
};

export const addressKey = (kind: EntryKind, slug: string): string => `${kind}/${slug}`;

type Candidate = { path: string; place: Place; kind: EntryKind; fields: Fields; slugLine: number | null };

/** Reads the front matter of every file; what cannot be read is left for the import to report. */
export async function planImport(
  root: string,
  texts: string[],
  generator: Generator,
  timeZone: string,
): Promise<Plan> {
  const candidates: Candidate[] = [];
  for (const path of texts) {
    const candidate = await readCandidate(root, path, generator, timeZone);
    if (candidate) candidates.push(candidate);
  }
  const shared = sharedNames(candidates);
  const plan: Plan = { files: new Map(), formerly: new Map(), addresses: new Map() };
  for (const candidate of candidates) {
    const planned = take(plan, candidate, shared, generator, timeZone);
    plan.files.set(candidate.path, planned);
    if (planned instanceof BadFile) continue;
    for (const alias of planned.aliases) if (!plan.formerly.has(alias)) plan.formerly.set(alias, planned);
  }
  return plan;
}

async function readCandidate(
  root: string,
  path: string,
  generator: Generator,
  timeZone: string,
): Promise<Candidate | undefined> {
  try {
    const { text } = await readSource(join(root, path));
    if (text.trim() === '') return undefined;
    const document = parseDocument(text);
    const place = placeOf(path);
    const line = (field: string): number | null => lineOfField(text, document.bodyLine, field);
    const fields = readFields(document.frontMatter, { line, spacedTags: place.jekyll, timeZone });
    const kind = place.certain ? place.kind : kindByFields(place.kind, fields, generator);
    return { path, place, kind, fields, slugLine: line('slug') };
  } catch (error) {
    if (error instanceof BadFile || error instanceof FrontMatterError) return undefined;
    throw error;
  }
}

/** Where folders leave it open: a text with a date is a post, one of Jekyll without is a page. */
function kindByFields(kind: EntryKind, fields: Fields, { isJekyll }: Generator): EntryKind {
  if (fields.isPage) return 'page';
  if (fields.date) return 'post';
  return isJekyll ? 'page' : kind;
}

/** Names that several files have only without their dates ("2019-03-04-links", "2019-03-11-links"). */
function sharedNames(candidates: Candidate[]): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { kind, place, fields } of candidates) {
    if (fields.slug !== null || place.name === null) continue;
    const key = `${kind}/${place.name.toLowerCase()}`;
    if (seen.has(key)) shared.add(key);
    seen.add(key);
  }
  return shared;
}

function take(
  plan: Plan,
  { path, place, kind, fields, slugLine }: Candidate,
  shared: Set<string>,
  generator: Generator,
  timeZone: string,
): Planned | BadFile {
  const keepsDate = place.name !== null && shared.has(`${kind}/${place.name.toLowerCase()}`);
  const wish = fields.slug ?? (keepsDate ? place.fullName : place.name);
  if (wish === null) {
    return new BadFile('SLUG_UNUSABLE', 'A file named index needs a folder of its own.', {
      fix: 'Name the file after its address, or add "slug:" to the front matter.',
    });
  }
  try {
    const { slug, changedFrom } = addressOf(kind, wish);
    const key = addressKey(kind, slug);
    const first = plan.addresses.get(key);
    if (first !== undefined) {
      return new BadFile('SLUG_TAKEN', `The address "${slug}" belongs to ${first} already.`, {
        fix: 'Give one of the two another "slug:".',
        line: slugLine,
      });
    }
    plan.addresses.set(key, path);
    const former = formerAddress(generator, { path, place, kind, fields, timeZone });
    return {
      kind,
      slug,
      place,
      aliases: [...new Set([...fields.aliases, ...former])]
        .filter((alias) => alias !== decodeURI(entryUrl(kind, slug)))
        .toSorted(),
      named: fields.aliases,
      notes:
        changedFrom === null
          ? []
          : [{ line: slugLine, reason: `The address "${changedFrom}" became "${slug}".` }],
    };
  } catch (error) {
    if (error instanceof BadFile) return error;
    throw error;
  }
}
