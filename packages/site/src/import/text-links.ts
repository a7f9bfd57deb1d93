/** Links from one text of the folder to another become links between their pages. */
import { posix } from 'node:path';
import { mapAddresses } from '@homepage/markdown';
import { entryUrl } from '../entries/url.ts';
import { BadFile } from './bad-file.ts';
import type { Note } from './media.ts';
import { oldPath } from './old-path.ts';
import type { Plan, Planned } from './plan.ts';
import { ROOTS } from './place.ts';

const TEXT = /\.(?:md|markdown|mdx)$/i;
/** What a link may leave out of the name of a file. */
const ENDINGS = ['', '.md', '.markdown', '.mdx', '/index.md', '/index.markdown', '/index.mdx'];

/**
 * @param from path of the file that the text stands in
 * @param bodyLine line of the file that the body begins on
 */
export async function linkTexts(
  plan: Plan,
  from: string,
  body: string,
  bodyLine: number,
): Promise<{ body: string; notes: Note[] }> {
  if (!/\]\(|\]:|\bhref\b/i.test(body)) return { body, notes: [] };
  const notes: Note[] = [];
  const linked = await mapAddresses(body, (url, { line }) => {
    const [, path, rest] = /^([^?#]*)(.*)$/s.exec(url)!;
    if (!path || /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(url)) return undefined;
    const goal = findText(plan, from, decoded(path));
    if (goal) return entryUrl(goal.kind, goal.slug) + rest;
    if (TEXT.test(path)) {
      notes.push({
        line: line + bodyLine - 1,
        reason: `The link to ${url} leads to no text of this folder. Correct it, or remove it.`,
      });
    }
    return undefined;
  });
  return { body: linked, notes };
}

/** The text that a path means: a file beside the text or in the folder, or an address it once had. */
export function findText(plan: Plan, from: string, path: string): Planned | undefined {
  const bare = path.replace(/(?<=.)\/$/, '');
  const places = bare.startsWith('/')
    ? ROOT_FOLDERS.map((root) => root + bare.slice(1))
    : [posix.join(posix.dirname(from), bare)];
  for (const place of places) {
    for (const ending of ENDINGS) {
      const planned = plan.files.get((place + ending).normalize('NFC')) ?? plan.files.get(place + ending);
      if (planned && !(planned instanceof BadFile)) return planned;
    }
  }
  const former = bare.startsWith('/') ? oldPath(bare) : null;
  return former === null ? undefined : plan.formerly.get(former);
}

const ROOT_FOLDERS = ['', ...ROOTS];

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
