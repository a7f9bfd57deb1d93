/** Which files of a folder are texts. Nothing is read here. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { placeOf } from './place.ts';

export type FoundFiles = {
  /** Markdown files relative to the folder, with "/", in path order */
  texts: string[];
  /** what was left out, and why */
  leftOut: { path: string; action: 'skipped' | 'failed'; reason: string }[];
  /** folders that could not be read: nobody knows what is in them */
  unread: string[];
  /** how many other files there are */
  others: number;
};

/** In the folder of a whole project these hold nothing that its author wrote as a page. */
const GENERATORS_FOLDERS = new Set(
  `themes layouts archetypes resources vendor dist build test tests _site _layouts _includes _sass _data _plugins`.split(
    ' ',
  ),
);
/** These hold files to copy; a few blogs have their texts there, and then nowhere else. */
const COPIED_FOLDERS = new Set(['public', 'static', 'assets']);
/** About the project, not of the blog. */
const ABOUT_PROJECT =
  /^(readme|agents|claude|license|licence|changelog|contributing|code_of_conduct|security|todo)\.(md|markdown)$/i;

/**
 * Looks through a folder and what is below it. Links to folders are not followed, so that loops end;
 * links to files are, as long as they stay in the folder.
 * @param root the real path of the folder
 */
export async function findFiles(root: string, { isProject }: { isProject: boolean }): Promise<FoundFiles> {
  const found: FoundFiles = { texts: [], leftOut: [], unread: [], others: 0 };
  await look(root, '', found);
  const all = found.texts.toSorted(byPath);
  const folders = isProject ? GENERATORS_FOLDERS : new Set<string>();
  found.texts = all.filter((path) => reasonToLeaveOut(path, folders) === undefined);
  const apart = found.texts.filter((path) => !COPIED_FOLDERS.has(path.split('/', 1)[0]!));
  const leftOutFolders = isProject && apart.length > 0 ? new Set([...folders, ...COPIED_FOLDERS]) : folders;
  if (leftOutFolders !== folders) found.texts = apart;
  for (const path of all) {
    const reason = reasonToLeaveOut(path, leftOutFolders);
    if (reason !== undefined) found.leftOut.push({ path, action: 'skipped', reason });
  }
  return found;
}

function reasonToLeaveOut(path: string, folders: Set<string>): string | undefined {
  const parts = path.split('/');
  const file = parts.at(-1)!;
  if (parts.length === 1 && ABOUT_PROJECT.test(file))
    return 'It is about the project, not a text of the site.';
  if (parts.length > 1 && folders.has(parts[0]!)) {
    return `${parts[0]}/ belongs to the generator of the blog.`;
  }
  if (file.startsWith('_index.') || placeOf(path).fullName === null)
    return 'It is the page of a folder, and the site makes such pages itself. Put its text into a page of its own to keep it.';
  return undefined;
}

/** The same order on every machine and in every language. */
export const byPath = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function look(root: string, folder: string, found: FoundFiles): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    found.unread.push(folder);
    found.leftOut.push({
      path: folder || '.',
      action: 'failed',
      reason: `The folder cannot be read (${code}). Give this user permission to read it.`,
    });
    return;
  }
  for (const entry of entries) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (isHidden(entry.name)) continue;
    if (entry.isDirectory()) await look(root, path, found);
    else if (entry.isSymbolicLink()) await lookAtLink(root, path, found);
    else if (isText(path)) found.texts.push(path);
    else found.others++;
  }
}

async function lookAtLink(root: string, path: string, found: FoundFiles): Promise<void> {
  const goal = await stat(join(root, path)).catch(() => undefined);
  if (goal?.isDirectory()) {
    found.leftOut.push({ path, action: 'skipped', reason: 'Links to folders are not followed.' });
  } else if (!isText(path)) {
    found.others++;
  } else if (!goal) {
    found.leftOut.push({
      path,
      action: 'failed',
      reason: 'The link points to nothing. Correct or remove it.',
    });
  } else if (await leavesFolder(root, join(root, path))) {
    found.leftOut.push({
      path,
      action: 'failed',
      reason: 'The link leads out of the folder. Put the file itself here.',
    });
  } else {
    found.texts.push(path);
  }
}

/** Whether a path, all links followed, ends outside of the folder. */
export async function leavesFolder(root: string, file: string): Promise<boolean> {
  return !(await realpath(file)).startsWith(root.endsWith(sep) ? root : root + sep);
}

const isHidden = (name: string): boolean => name.startsWith('.') || name === 'node_modules';
export const isText = (path: string): boolean => /\.(md|markdown|mdx)$/i.test(path);
