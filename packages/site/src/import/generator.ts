/** What the settings of a blog's generator say about the folder, and the addresses it made. */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FrontMatterError } from '@homepage/markdown';
import { parseDocument } from '@homepage/markdown/front-matter';
import { slugify } from '../slug.ts';
import type { EntryKind } from '../database/tables.ts';
import { readDate } from './date.ts';
import type { Fields } from './fields.ts';
import { oldPath } from './old-path.ts';
import { wallTime } from './wall-time.ts';
import type { Place } from './place.ts';

export type Generator = {
  /** the folder is a whole project, with folders that hold no texts of the author */
  isProject: boolean;
  isJekyll: boolean;
  /** before every address, e.g. /blog; empty for none */
  base: string;
  /** Jekyll's pattern of addresses, e.g. /:categories/:year/:month/:day/:title:output_ext */
  permalink: string;
};

const MARKERS = [
  '_config.yml',
  'hugo.toml',
  'hugo.yaml',
  'config.toml',
  'astro.config.mjs',
  'astro.config.ts',
  'gatsby-config.js',
  'gatsby-config.ts',
  'eleventy.config.js',
  'eleventy.config.mjs',
  '.eleventy.js',
  'package.json',
];

/** Jekyll's named patterns. https://jekyllrb.com/docs/permalinks/ */
const PATTERNS: Record<string, string> = {
  date: '/:categories/:year/:month/:day/:title:output_ext',
  pretty: '/:categories/:year/:month/:day/:title/',
  ordinal: '/:categories/:year/:y_day/:title:output_ext',
  weekdate: '/:categories/:year/W:week/:short_day/:title:output_ext',
  none: '/:categories/:title:output_ext',
};

/** Reads what is there; a file that cannot be read says nothing. */
export async function readGenerator(root: string): Promise<Generator> {
  const config = await jekyllConfig(join(root, '_config.yml'));
  const wish = typeof config['permalink'] === 'string' ? config['permalink'] : 'date';
  const base = typeof config['baseurl'] === 'string' ? (oldPath(config['baseurl']) ?? '') : '';
  return {
    isProject: MARKERS.some((file) => existsSync(join(root, file))),
    isJekyll: existsSync(join(root, '_config.yml')),
    base,
    permalink: PATTERNS[wish] ?? wish,
  };
}

async function jekyllConfig(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return parseDocument(`---\n${text}\n---\n`).frontMatter;
  } catch (error) {
    if (error instanceof FrontMatterError) return {};
    throw error;
  }
}

type FormerText = { path: string; place: Place; kind: EntryKind; fields: Fields; timeZone: string };

/** Where the generator showed a text: visitors and search engines still come there. */
export function formerAddress(
  { base, permalink }: Generator,
  { path, place, kind, fields, timeZone }: FormerText,
): string[] {
  if (fields.draft || place.draft || place.name === null) return [];
  if (place.jekyll) {
    // The day in the name is the author's; that of an instant depends on where the blog was built.
    const date = readDate(place.date, timeZone) ?? fields.date;
    const address = date && jekyllAddress(permalink, path, place.name, wallTime(date, timeZone), fields);
    return address ? [base + address] : [];
  }
  // Our own layout: the address is ours already.
  if (/^(posts|pages|projects)\//.test(path)) return [];
  const ours = { post: '/posts/', project: '/projects/', page: '/' }[kind];
  const former = oldPath(encodeURI(base + place.formerPath));
  // A single file may have been anywhere.
  if (place.formerPath.lastIndexOf('/') === 0) return [];
  return former === null || former === ours + (fields.slug ?? place.name) ? [] : [former];
}

/**
 * @param date as clocks showed it
 * @returns undefined when the pattern has a part that only the generator knows
 */
function jekyllAddress(
  pattern: string,
  path: string,
  name: string,
  date: Date,
  fields: Fields,
): string | undefined {
  const iso = date.toISOString();
  const parts: Record<string, string> = {
    categories: fields.categories.map((category) => slugify(category)).join('/'),
    year: iso.slice(0, 4),
    short_year: iso.slice(2, 4),
    month: iso.slice(5, 7),
    i_month: String(Number(iso.slice(5, 7))),
    day: iso.slice(8, 10),
    i_day: String(Number(iso.slice(8, 10))),
    y_day: String(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000)).padStart(
      3,
      '0',
    ),
    title: fields.slug ?? name,
    slug: slugify(fields.slug ?? name),
    output_ext: '.html',
    path: path.replace(/\.[^.]+$/, ''),
  };
  let unknown = false;
  const address = pattern.replaceAll(/:([a-z_]+)/g, (_all, key: string) => {
    unknown ||= !(key in parts);
    return parts[key] ?? '';
  });
  return unknown ? undefined : (oldPath(encodeURI(address)) ?? undefined);
}
