/** What the path of a file says about its entry. Pure: nothing is read. */
import type { EntryKind } from '../database/tables.ts';

export type Place = {
  kind: EntryKind;
  /** a folder says the kind; else the text itself may */
  certain: boolean;
  /** what the file is called: its folder when it is an index, without a date in front; null for an index of no folder */
  name: string | null;
  /** with the date */
  fullName: string | null;
  /** 2019-03-04 from 2019-03-04-title.md */
  date: string | null;
  draft: boolean;
  jekyll: boolean;
  /** folders and name as a generator makes an address of them, e.g. /blog/2019-03-04-title */
  formerPath: string;
};

/** Folders by what blogs keep in them. */
const KINDS: Record<string, EntryKind> = {
  posts: 'post',
  post: 'post',
  _posts: 'post',
  _drafts: 'post',
  drafts: 'post',
  blog: 'post',
  articles: 'post',
  writing: 'post',
  notes: 'post',
  pages: 'page',
  _pages: 'page',
  projects: 'project',
  _projects: 'project',
  portfolio: 'project',
};
const DRAFTS = new Set(['_drafts', 'drafts']);
const WELL_KNOWN_PAGES = new Set(['about', 'home', 'privacy']);
/** Where generators keep their content. */
export const ROOTS = ['src/content/', 'src/', 'source/', 'content/', 'data/'];

/** Whether a folder of this name at the top says what is in it. */
export const hasMeaning = (name: string): boolean =>
  name in KINDS || ROOTS.some((root) => root.startsWith(`${name}/`));

/** @param path relative to the imported folder, with "/" */
export function placeOf(path: string): Place {
  const inside = path.slice(ROOTS.find((root) => path.startsWith(root))?.length ?? 0);
  const parts = inside.split('/');
  const file = parts.pop()!.replace(/\.[^.]+$/, '');
  const index = /^_?index(\.[a-z]{2}(?:-[a-z]{2,4})?)?$/i.exec(file);
  const named = index && folderName(parts);
  const fullName = index ? (named ? named + (index[1] ?? '') : null) : file;
  const said = kindByFolder(path, parts);
  const kind = said ?? (parts.length <= 1 && WELL_KNOWN_PAGES.has(fullName ?? '') ? 'page' : 'post');
  const dated = kind === 'post' ? /^(\d{4}-\d{1,2}-\d{1,2})[-_ ](?=.)(.+)$/.exec(fullName ?? '') : null;
  return {
    kind,
    // Everything of Gatsby's and Astro's src/pages has a page of its own, posts too.
    certain:
      (said !== undefined && !(said === 'page' && path.startsWith('src/'))) || (!said && kind === 'page'),
    name: dated?.[2] ?? fullName,
    fullName,
    date: dated?.[1] ?? null,
    draft: parts.some((part) => DRAFTS.has(part)),
    jekyll: parts.some((part) => part === '_posts' || part === '_drafts'),
    formerPath: `/${[...(index ? parts.slice(0, -1) : parts), fullName ?? ''].join('/')}`,
  };
}

/** Ours decides at the top; deeper, and below a generator's own folders, a "pages" may hold other kinds. */
function kindByFolder(path: string, folders: string[]): EntryKind | undefined {
  if (path.startsWith('pages/')) return 'page';
  const known = folders.map((folder) => KINDS[folder.toLowerCase()]).filter((kind) => kind !== undefined);
  return known.find((kind) => kind !== 'page') ?? known[0];
}

/** The folder that an index stands for; none when that folder is one of a kind. */
function folderName(parents: string[]): string | null {
  const folder = parents.at(-1);
  if (folder === undefined) return null;
  return parents.length === 1 && KINDS[folder.toLowerCase()] ? null : folder;
}
