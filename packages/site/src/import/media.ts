/** The files that a text shows or links: looked up in the folder, checked, and put into storage. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import type { EntryMedia } from '../entries/save.ts';
import { inspectFile, isPicture, MAX_MEDIA_BYTES } from '../media/inspect.ts';
import { hashOf, storeMedia, type Site } from '../media/store.ts';
import { reasonOf } from './bad-file.ts';
import { isText, leavesFolder } from './find-files.ts';
import { readReference } from './reference.ts';

export type FileUse = {
  url: string;
  line: number | null;
  /** must be a picture; else a link to any file */ picture: boolean;
  /** of a field, whose reader says what is wrong with another site */ field?: boolean;
};
export type Note = { line: number | null; reason: string };
export type CollectedMedia = { media: EntryMedia[]; notes: Note[] };

/** What became of one file of the folder. */
type Taken = { hash: string } | { refused: string };

export type MediaReader = {
  /** @param from path of the Markdown file, relative to the folder */
  collect(from: string, uses: FileUse[]): Promise<CollectedMedia>;
};

/**
 * @param root real path of the folder
 * @param site where files are stored; undefined: only look
 */
export function mediaReader(root: string, site: Site | undefined): MediaReader {
  // A picture that many texts show is read once. Small: a path and a hash each.
  const taken = new Map<string, Taken>();

  async function take(file: string, asPicture: boolean): Promise<Taken> {
    const real = await realpath(file);
    const key = `${asPicture}:${real}`;
    const known = taken.get(key);
    if (known) return known;
    const result = (await leavesFolder(root, real))
      ? { refused: 'a link leads out of the folder. Put the file itself into the folder.' }
      : await checkAndStore(real, asPicture, site);
    taken.set(key, result);
    return result;
  }

  async function useFile(from: string, use: FileUse): Promise<EntryMedia | Note | undefined> {
    const { url, line, picture } = use;
    const reference = readReference(from, url);
    if (reference.kind === 'elsewhere')
      return picture && !use.field && isRemote(url) ? remotePicture(use) : undefined;
    if (reference.kind === 'refused') return { line, reason: reference.reason };
    if (!picture && isText(reference.name)) return undefined;
    const file = await firstFile(reference.candidates.map((path) => join(root, path)));
    if (file) {
      const result = await take(file, picture);
      if ('refused' in result) return { line, reason: `${url}: ${result.refused}` };
      return { hash: result.hash, name: reference.name, path: url };
    }
    if (!picture) return undefined;
    return { line, reason: `The picture ${url} is missing. Add it, or remove it from the text.` };
  }

  return {
    async collect(from, uses) {
      const media = new Map<string, EntryMedia>();
      const notes: Note[] = [];
      for (const use of uses) {
        if (media.has(use.url)) continue;
        const result = await useFile(from, use);
        if (!result) continue;
        if ('hash' in result) media.set(use.url, result);
        else notes.push(result);
      }
      return { media: [...media.values()], notes };
    },
  };
}

const isRemote = (url: string): boolean => /^(?:https?:)?\/\//i.test(url);

/** Another site would learn who reads here, so the pages' policy does not let browsers ask it. */
const remotePicture = ({ url, line }: FileUse): Note => ({
  line,
  reason: `The picture ${url} is on another site, and pages here show none from there. Put it into the folder.`,
});

async function firstFile(candidates: string[]): Promise<string | undefined> {
  for (const file of candidates) {
    const info = await stat(file).catch(() => undefined);
    if (info?.isFile()) return file;
  }
  return undefined;
}

async function checkAndStore(file: string, asPicture: boolean, site: Site | undefined): Promise<Taken> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > MAX_MEDIA_BYTES) {
      return {
        refused: `the file has ${(size / 1_000_000).toFixed(1)} MB; the limit is ${MAX_MEDIA_BYTES / 1_000_000} MB. Make it smaller.`,
      };
    }
    bytes = await readFile(file);
  } catch (cause) {
    return {
      refused: `the file cannot be read (${(cause as NodeJS.ErrnoException).code}). Give this user permission to read it.`,
    };
  }
  try {
    const info = await inspectFile(bytes);
    if (asPicture && !isPicture(info.contentType)) {
      return {
        refused: `it is not a picture that browsers show (${info.contentType}). Use AVIF, GIF, JPEG, PNG, SVG or WebP.`,
      };
    }
    const hash = hashOf(bytes);
    if (site) await storeMedia(site, hash, bytes, info);
    return { hash };
  } catch (problem) {
    if (problem instanceof Problem && REFUSALS.has(problem.code)) return { refused: reasonOf(problem) };
    throw problem;
  }
}

/** What is wrong with the file itself; anything else, such as a full disk, is no fault of the file. */
const REFUSALS = new Set(['PICTURE_DAMAGED', 'PICTURE_TOO_MANY_PIXELS', 'SVG_UNSAFE']);
