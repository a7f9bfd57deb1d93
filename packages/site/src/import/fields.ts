/** What the front matter says, checked field by field. Pure. */
import { slugify } from '../slug.ts';
import { BadFile } from './bad-file.ts';
import { readDate } from './date.ts';

export const MAX_TITLE = 300;
const MAX_DESCRIPTION = 1000;
const MAX_LABEL = 100;
const MAX_TAGS = 500;

export type Cover = { path: string; alt: string };

export type Fields = {
  title: string | null;
  date: Date | null;
  updated: Date | null;
  tags: string[];
  description: string;
  draft: boolean;
  slug: string | null;
  cover: Cover | null;
  series: string | null;
  /** everything else in its order, and `cover` as it was written */
  rest: Record<string, unknown>;
};

const known = new Set(['title', 'date', 'updated', 'tags', 'description', 'draft', 'slug', 'series']);

/** @throws BadFile FIELD_INVALID; `line` finds the line of a field */
export function readFields(
  frontMatter: Record<string, unknown>,
  line: (field: string) => number | null,
): Fields {
  const wrong = (field: string, what: string, fix: string): BadFile =>
    new BadFile('FIELD_INVALID', `${field} ${what}.`, { fix, line: line(field) });

  function text(field: string, limit: number): string | null {
    const value = frontMatter[field] ?? null;
    if (value === null) return null;
    return label(field, value, limit) || null;
  }

  function label(field: string, value: unknown, limit: number): string {
    if (value instanceof Date || !['string', 'number', 'boolean'].includes(typeof value)) {
      throw wrong(field, 'must be text', 'Put it in quotes.');
    }
    const clean = String(value).normalize('NFC').replaceAll(/\s+/g, ' ').trim();
    const length = [...clean].length;
    if (length > limit) {
      throw wrong(field, `has ${length} characters; the limit is ${limit}`, 'Shorten it.');
    }
    return clean;
  }

  function date(field: string): Date | null {
    const value = frontMatter[field] ?? null;
    if (value === null || value === '') return null;
    const result = readDate(value);
    if (result) return result;
    throw wrong(
      field,
      `${JSON.stringify(value)} is not a date`,
      'Write it as 2026-03-04, or with a time as 2026-03-04T10:30:00Z.',
    );
  }

  function tags(): string[] {
    const value = frontMatter['tags'] ?? [];
    const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
    const labels = list
      .filter((item) => item !== null)
      .map((item) => label('tags', item, MAX_LABEL))
      .filter((item) => item !== '');
    const nameless = labels.find((item) => slugify(item) === '');
    if (nameless !== undefined) {
      throw wrong('tags', `has "${nameless}", which leaves nothing for an address`, 'Use letters or digits.');
    }
    if (labels.length > MAX_TAGS)
      throw wrong('tags', `has ${labels.length} tags; the limit is ${MAX_TAGS}`, 'Use fewer.');
    return [...new Map(labels.map((item) => [slugify(item), item])).values()];
  }

  function draft(): boolean {
    const value = frontMatter['draft'] ?? false;
    if (typeof value === 'boolean') return value;
    const word = String(value).trim().toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(word)) return true;
    if (['false', 'no', 'off', '0', ''].includes(word)) return false;
    throw wrong('draft', `${JSON.stringify(value)} is neither true nor false`, 'Write true or false.');
  }

  function cover(): Cover | null {
    const value = frontMatter['cover'] ?? null;
    if (value === null || value === '') return null;
    if (typeof value === 'string') return { path: value, alt: '' };
    const { image, alt = '' } = value as { image?: unknown; alt?: unknown };
    if (typeof image !== 'string' || typeof alt !== 'string') {
      throw wrong(
        'cover',
        'must be the path of a picture, or have image and alt',
        'Write cover: picture.jpg',
      );
    }
    return { path: image, alt };
  }

  function series(): string | null {
    const title = text('series', MAX_LABEL);
    if (title !== null && slugify(title) === '') {
      throw wrong('series', `"${title}" leaves nothing for an address`, 'Use letters or digits.');
    }
    return title;
  }

  const unstorable = Object.keys(frontMatter).find(
    (field) => !isStorable(field) || !isStorable(frontMatter[field]),
  );
  if (unstorable !== undefined) {
    throw wrong(
      unstorable,
      'holds a character that cannot be stored (NUL or half a pair)',
      'Remove the character.',
    );
  }
  return {
    title: text('title', MAX_TITLE),
    date: date('date'),
    updated: date('updated'),
    tags: tags(),
    description: text('description', MAX_DESCRIPTION) ?? '',
    draft: draft(),
    slug: text('slug', MAX_TITLE),
    cover: cover(),
    series: series(),
    rest: Object.fromEntries(Object.entries(frontMatter).filter(([field]) => !known.has(field))),
  };
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
    (line) => line.replace(/^(["'])(.*?)\1/, '$2').match(/^(.*?)\s*:(\s|$)/)?.[1] === field,
  );
  return index < 0 ? null : index + 1;
}
