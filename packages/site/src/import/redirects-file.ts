/**
 * `redirects.yaml` at the top of a folder: old addresses that belong to no text.
 *
 *     /old/page: /new/page
 *     /away: https://example.com/
 *     /never-again: gone
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FrontMatterError } from '@homepage/markdown';
import { parseDocument, serializeDocument } from '@homepage/markdown/front-matter';
import { Problem } from '@homepage/platform';
import { listRedirects, refuseLoops, replaceRedirects, type RedirectMap } from '../redirects/redirects.ts';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { BadFile, lineOf, reasonOf } from './bad-file.ts';
import { lineOfField } from './fields.ts';
import { oldPath } from './old-path.ts';
import type { FileReport } from './report.ts';

export const REDIRECTS_FILE = 'redirects.yaml';
const GONE = 'gone';

/**
 * Takes the file over as a whole: what it does not name any more is forgotten.
 * @returns undefined when there is no such file
 */
export async function importRedirects(
  db: Kysely<Tables>,
  root: string,
  dryRun: boolean,
): Promise<FileReport | undefined> {
  const report = { path: REDIRECTS_FILE, slug: null, line: null, reason: null };
  try {
    const text = await readRedirects(join(root, REDIRECTS_FILE));
    if (text === undefined) return undefined;
    const redirects = parseRedirects(text);
    const isNew = (await listRedirects(db)).size === 0;
    const changed = dryRun ? await differs(db, redirects) : await replaceRedirects(db, redirects);
    return { ...report, action: !changed ? 'unchanged' : isNew ? 'created' : 'updated' };
  } catch (error) {
    if (!(error instanceof Problem || error instanceof FrontMatterError)) throw error;
    // Read as front matter, whose first line is not in the file.
    const line = lineOf(error);
    return { ...report, action: 'failed', line: line && line - 1, reason: reasonOf(error) };
  }
}

/** @throws BadFile UNREADABLE */
async function readRedirects(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const what = code === 'EISDIR' ? 'It is a folder' : `It cannot be read (${code})`;
    throw new BadFile('UNREADABLE', `${what}, and redirects are a file.`, {
      fix: 'Make it a file that this user may read, or remove it.',
      cause,
    });
  }
}

async function differs(db: Kysely<Tables>, redirects: RedirectMap): Promise<boolean> {
  const stored = await listRedirects(db);
  return stored.size !== redirects.size || [...redirects].some(([path, to]) => stored.get(path) !== to);
}

/** @throws FrontMatterError; BadFile REDIRECT_INVALID; Problem REDIRECT_LOOP */
export function parseRedirects(text: string): RedirectMap {
  const source = `---\n${text}\n---\n`;
  const { frontMatter, bodyLine } = parseDocument(source);
  const redirects: RedirectMap = new Map();
  for (const [from, to] of Object.entries(frontMatter)) {
    const wrong = (what: string, fix: string): BadFile =>
      new BadFile('REDIRECT_INVALID', `${from} ${what}.`, { fix, line: lineOfField(source, bodyLine, from) });
    const path = from.startsWith('/') ? oldPath(from) : null;
    if (path === null) throw wrong('is no path of this site', 'Write it as /old/address.');
    if (typeof to !== 'string') throw wrong('leads nowhere', 'Write an address, or gone.');
    const target = to === GONE ? null : to.startsWith('/') ? pathTarget(to) : to;
    if (target !== null && !target.startsWith('/') && !/^https:\/\/[^\s]+$/.test(target))
      throw wrong(`leads to ${to}, which is neither a path nor https`, 'Write /new/address or https://….');
    redirects.set(path, target);
  }
  refuseLoops(redirects);
  return redirects;
}

/** A path of this site, readable, with its query and fragment. */
function pathTarget(to: string): string {
  const { pathname, search, hash } = new URL(to.replace(/^\/+/, '/'), 'http://site.invalid/');
  return (decodeURI(pathname).normalize('NFC').replace(/\/+$/, '') || '/') + search + hash;
}

/** @returns undefined when there is nothing to write */
export function writeRedirects(redirects: RedirectMap): string | undefined {
  if (redirects.size === 0) return undefined;
  const lines = Object.fromEntries([...redirects].map(([path, target]) => [path, target ?? GONE]));
  return serializeDocument(lines, '')
    .replace(/^---\n/, '')
    .replace(/---\n$/, '');
}
