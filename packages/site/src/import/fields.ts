/** What the front matter says, checked field by field. Pure. */
import { slugify } from '../slug.ts';
import { BadFile } from './bad-file.ts';
import { readDate } from './date.ts';
import { FIELD_NAMES } from './field-names.ts';
import { oldPath } from './old-path.ts';

export const MAX_TITLE = 300;
const MAX_DESCRIPTION = 2000;
const MAX_LABEL = 100;
const MAX_TAGS = 500;
const MAX_ALIASES = 100;
const MAX_GUID = 500;

export type Cover = { path: string; alt: string; /** the field it stands in */ field: string };

export type Fields = {
  title: string | null;
  date: Date | null;
  updated: Date | null;
  tags: string[];
  /** those of the tags that stand under "categories": Jekyll puts them into addresses */
  categories: string[];
  description: string;
  draft: boolean;
  slug: string | null;
  /** where it was before: paths that begin with "/" */
  aliases: string[];
  cover: Cover | null;
  series: string | null;
  guid: string | null;
  /** says of itself that it is no post */
  isPage: boolean;
  /** everything else in its order, and the cover as it was written */
  rest: Record<string, unknown>;
};

export type FieldContext = {
  /** finds the line of a field */
  line: (field: string) => number | null;
  /** Jekyll divides a text of tags at its spaces */
  spacedTags: boolean;
  /** where dates without an offset are meant */
  timeZone: string;
};

/** @throws BadFile FIELD_INVALID */
export function readFields(frontMatter: Record<string, unknown>, context: FieldContext): Fields {
  refuseUnstorable(frontMatter, context);
  const used = new Set<string>();
  const reader = new FieldReader(frontMatter, context, used);
  const permalink = reader.permalink();
  const fields = {
    title: reader.text(FIELD_NAMES.title, MAX_TITLE),
    date: reader.latestDate(FIELD_NAMES.date),
    updated: reader.date(FIELD_NAMES.updated),
    ...reader.tags(),
    description: reader.text(FIELD_NAMES.description, MAX_DESCRIPTION) ?? '',
    draft: reader.draft(),
    ...reader.addresses(permalink),
    cover: reader.cover(),
    series: reader.series(),
    guid: reader.text(FIELD_NAMES.guid, MAX_GUID),
    isPage: FIELD_NAMES.kind.some((name) => frontMatter[name] === 'page'),
  };
  // The names that an export writes are ours alone.
  const ours = new Set<string>([...used, ...Object.values(FIELD_NAMES).map(([first]) => first)]);
  for (const kept of [...FIELD_NAMES.cover, ...FIELD_NAMES.kind, ...FIELD_NAMES.permalink])
    if (!used.has(kept)) ours.delete(kept);
  return {
    ...fields,
    rest: Object.fromEntries(Object.entries(frontMatter).filter(([name]) => !ours.has(name))),
  };
}

class FieldReader {
  #fields: Record<string, unknown>;
  #context: FieldContext;
  #used: Set<string>;

  constructor(fields: Record<string, unknown>, context: FieldContext, used: Set<string>) {
    this.#fields = fields;
    this.#context = context;
    this.#used = used;
  }

  /** The first of some names that has a value. */
  #first(names: readonly string[]): string | undefined {
    return names.find((name) => !isEmpty(this.#fields[name]));
  }

  text(names: readonly string[], limit: number): string | null {
    const name = this.#first(names);
    if (name === undefined) return null;
    this.#used.add(name);
    return this.#label(name, this.#fields[name], limit) || null;
  }

  date(names: readonly string[]): Date | null {
    const name = this.#first(names);
    if (name === undefined) return null;
    this.#used.add(name);
    return this.#readDate(name);
  }

  /** A date of writing and one of publication: the later one, so that nothing is shown before its time. */
  latestDate(names: readonly string[]): Date | null {
    let latest: Date | null = null;
    let latestName: string | undefined;
    for (const name of names) {
      if (isEmpty(this.#fields[name]) || (name === 'published' && !this.#asDate(name))) continue;
      const date = this.#readDate(name);
      if (latest && date <= latest) continue;
      latest = date;
      latestName = name;
    }
    if (latestName !== undefined) this.#used.add(latestName);
    return latest;
  }

  #asDate(name: string): Date | undefined {
    return readDate(this.#fields[name], this.#context.timeZone);
  }

  #readDate(name: string): Date {
    const result = this.#asDate(name);
    if (result) return result;
    throw this.#wrong(
      name,
      `${JSON.stringify(this.#fields[name])} is not a date`,
      'Write it as 2026-03-04, or with a time as 2026-03-04T10:30:00Z.',
    );
  }

  /** Tags and categories together, each once. */
  tags(): { tags: string[]; categories: string[] } {
    const labels: string[] = [];
    const categories: string[] = [];
    for (const name of FIELD_NAMES.tags) {
      const value = this.#fields[name];
      if (value === undefined) continue;
      this.#used.add(name);
      for (const item of this.#tagList(value)) {
        if (item === null) continue;
        const label = this.#label(name, item, MAX_LABEL);
        if (label === '') continue;
        if (slugify(label) === '') {
          throw this.#wrong(
            name,
            `has "${label}", which leaves nothing for an address`,
            'Use letters or digits.',
          );
        }
        labels.push(label);
        if (name.startsWith('categor')) categories.push(label);
      }
    }
    if (labels.length > MAX_TAGS)
      throw this.#wrong('tags', `has ${labels.length} tags; the limit is ${MAX_TAGS}`, 'Use fewer.');
    return { tags: [...new Map(labels.map((item) => [slugify(item), item])).values()], categories };
  }

  #tagList(value: unknown): unknown[] {
    if (Array.isArray(value)) return value.flat(5);
    if (typeof value !== 'string') return [value];
    if (this.#context.spacedTags && !value.includes(',')) return value.split(/\s+/);
    return value.split(',');
  }

  draft(): boolean {
    const draft = this.#flag('draft');
    const published = this.#asDate('published') ? undefined : this.#flag('published');
    return draft ?? (published === undefined ? false : !published);
  }

  #flag(name: string): boolean | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    this.#used.add(name);
    if (typeof value === 'boolean') return value;
    const word = String(value).trim().toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(word)) return true;
    if (['false', 'no', 'off', '0', ''].includes(word)) return false;
    throw this.#wrong(name, `${JSON.stringify(value)} is neither true nor false`, 'Write true or false.');
  }

  /** A whole address; patterns of a generator and `false` are left among the other fields. */
  permalink(): string | null {
    for (const name of FIELD_NAMES.permalink) {
      const value = this.#fields[name];
      if (typeof value !== 'string') continue;
      const path = oldPath(value);
      if (path === null) continue;
      this.#used.add(name);
      return path;
    }
    return null;
  }

  addresses(permalink: string | null): { slug: string | null; aliases: string[] } {
    const written = this.text(FIELD_NAMES.slug, MAX_TITLE);
    // "/blog/my-post/" as a slug is an address of its own.
    const slugPath = written?.includes('/') ? oldPath(`/${written}`) : null;
    const slug = slugPath ? lastPart(slugPath) : written;
    const aliases = [permalink, slugPath, ...this.#aliases()].filter((path) => path !== null);
    return { slug: slug ?? (permalink && lastPart(permalink)), aliases: [...new Set(aliases)] };
  }

  #aliases(): string[] {
    const paths: string[] = [];
    for (const name of FIELD_NAMES.aliases) {
      const value = this.#fields[name];
      if (isEmpty(value)) continue;
      this.#used.add(name);
      for (const item of [value].flat()) {
        const path = typeof item === 'string' ? oldPath(item.startsWith('http') ? item : `/${item}`) : null;
        if (path === null) {
          throw this.#wrong(
            name,
            `has ${JSON.stringify(item)}, which is no path of this site`,
            'Write it as /old/address.',
          );
        }
        paths.push(path);
      }
      if (paths.length > MAX_ALIASES)
        throw this.#wrong(name, `has ${paths.length} addresses; the limit is ${MAX_ALIASES}`, 'Use fewer.');
    }
    return paths;
  }

  cover(): Cover | null {
    const field = this.#first(FIELD_NAMES.cover);
    if (field === undefined) return null;
    const value = this.#fields[field];
    if (typeof value === 'string') return { path: value, alt: '', field };
    const { image, src, url, alt = '' } = Object(value) as Record<string, unknown>;
    const path = image ?? src ?? url;
    if (typeof path === 'string' && typeof alt === 'string') return path ? { path, alt, field } : null;
    // Under another name it may mean something else.
    if (field !== 'cover') return null;
    throw this.#wrong(
      field,
      'must be the path of a picture, or have image and alt',
      'Write cover: picture.jpg',
    );
  }

  series(): string | null {
    const value = this.#fields['series'];
    if (isEmpty(value)) return null;
    this.#used.add('series');
    const first = Array.isArray(value) ? value[0] : value;
    const title = this.#label('series', first, MAX_LABEL) || null;
    if (title !== null && slugify(title) === '') {
      throw this.#wrong('series', `"${title}" leaves nothing for an address`, 'Use letters or digits.');
    }
    return title;
  }

  #label(field: string, value: unknown, limit: number): string {
    if (value instanceof Date || !['string', 'number', 'boolean'].includes(typeof value)) {
      throw this.#wrong(field, 'must be text', 'Put it in quotes.');
    }
    const clean = String(value).normalize('NFC').replaceAll(/\s+/g, ' ').trim();
    const length = [...clean].length;
    if (length > limit)
      throw this.#wrong(field, `has ${length} characters; the limit is ${limit}`, 'Shorten it.');
    return clean;
  }

  #wrong(field: string, what: string, fix: string): BadFile {
    return new BadFile('FIELD_INVALID', `${field} ${what}.`, { fix, line: this.#context.line(field) });
  }
}

const lastPart = (path: string): string | null =>
  path
    .split('/')
    .pop()!
    .replace(/\.html?$/, '') || null;

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function refuseUnstorable(frontMatter: Record<string, unknown>, { line }: FieldContext): void {
  const field = Object.keys(frontMatter).find((name) => !isStorable(name) || !isStorable(frontMatter[name]));
  if (field === undefined) return;
  throw new BadFile(
    'FIELD_INVALID',
    `${field} holds a character that cannot be stored (NUL or half a pair).`,
    { fix: 'Remove the character.', line: line(field) },
  );
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorable(key) && isStorable(inner));
}

/**
 * The line of a top-level field, for messages; null when the front matter writes it in another way.
 * @param bodyLine the line that the body begins on
 */
export function lineOfField(source: string, bodyLine: number, field: string): number | null {
  const lines = source.split('\n', Math.max(0, bodyLine - 1));
  const index = lines.findIndex(
    (line) => line.replace(/^(["'])(.*?)\1/, '$2').match(/^(.*?)\s*(?::(?=\s|$)|=)/)?.[1] === field,
  );
  return index < 0 ? null : index + 1;
}
