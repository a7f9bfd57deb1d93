/** Where an entry and its files go in an exported folder. Pure. */
import { posix } from 'node:path';
import type { EntryKind } from '../database/tables.ts';
import { placeOf } from '../import/place.ts';
import { readReference } from '../import/reference.ts';

const folders: Record<EntryKind, string> = { post: 'posts', page: 'pages', project: 'projects' };

export type Exported = { kind: EntryKind; slug: string; media: { hash: string; path: string }[] };

export type Taken = {
  /** in lower case: some disks do not tell A from a */
  names: Set<string>;
  /** hash by path of files that texts reach from the top */
  shared: Map<string, string>;
};

export type Layout = {
  /** of the Markdown file, relative to the exported folder */
  text: string;
  /** the file name does not say the address: the front matter must */
  needsSlug: boolean;
  /** each file once */
  media: { hash: string; file: string }[];
  /** references that cannot be a file beside the text */
  unsafe: string[];
};

/**
 * `posts/<slug>.md`, or a folder of its own with everything that the text shows. A picture that the text reaches
 * through `../` stays in that folder too: the text lies so deep in it that the way up ends there. So no text
 * writes into another's folder, and no reference changes.
 * A file that texts reach from the top ("/x.png") is written once for all of them.
 * @param taken by the texts before; what this one takes is added
 */
export function layoutOf({ kind, slug, media: all }: Exported, taken: Taken): Layout {
  const { shared, media, conflicts } = takeShared(all, taken);
  const name = freeName(folders[kind], slug, taken.names);
  const home = `${folders[kind]}/${name}`;
  const placed = media.map(({ hash, path }) => ({ hash, path, file: relativeFile(path) }));
  const safe = placed.filter((item) => item.file !== undefined) as { hash: string; file: string }[];
  const unsafe = placed.filter((item) => item.file === undefined).map((item) => item.path);
  const file = `${home}.md`;
  const isIndexName = placeOf(file).fullName !== name;
  if (safe.length === 0 && !isIndexName)
    return {
      text: file,
      needsSlug: placeOf(file).name !== slug,
      media: shared,
      unsafe: [...unsafe, ...conflicts],
    };

  const depth = Math.max(
    0,
    ...safe.map(({ file }) => file.split('/').filter((part) => part === '..').length),
  );
  const folder =
    depth === 0 ? home : posix.join(home, ...Array.from({ length: depth - 1 }, () => 'text'), name);
  const files = new Map(safe.map(({ hash, file }) => [posix.join(folder, file), hash]));
  const text = `${folder}/index.md`;
  files.delete(text);
  return {
    text,
    needsSlug: placeOf(text).name !== slug,
    media: [...[...files].map(([path, hash]) => ({ hash, file: path })), ...shared],
    unsafe: [...unsafe, ...conflicts],
  };
}

type Media = Exported['media'];

function takeShared(
  all: Media,
  taken: Taken,
): { shared: Layout['media']; media: Media; conflicts: string[] } {
  const shared: Layout['media'] = [];
  const conflicts: string[] = [];
  for (const { hash, path } of all.filter(isFromTheTop)) {
    const reference = readReference('', path);
    const file = reference.kind === 'file' ? reference.candidates[0]! : '';
    const holder = taken.shared.get(file);
    if (holder === undefined) {
      taken.shared.set(file, hash);
      shared.push({ hash, file });
    } else if (holder !== hash) conflicts.push(path);
  }
  return { shared, media: all.filter((item) => !isFromTheTop(item)), conflicts };
}

const isFromTheTop = ({ path }: { path: string }): boolean => /^[~@]?\//.test(path);

function freeName(folder: string, slug: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? slug : `${slug}-${number}`;
    const key = `${folder}/${name}`.toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return name;
  }
}

/** A reference as a path beside the Markdown; undefined when it is none or no disk could hold it. */
function relativeFile(url: string): string | undefined {
  // Read from a place so deep that no "../" leaves the folder: the way up is counted by the caller.
  const deep = Array.from({ length: 64 }, (_, index) => `d${index}`).join('/');
  const reference = readReference(`${deep}/index.md`, url);
  if (reference.kind !== 'file') return undefined;
  const file = posix.relative(deep, reference.candidates[0]!);
  const parts = file.split('/');
  const tooLong = parts.some((part) => Buffer.byteLength(part) > 255);
  return file === '' || tooLong || url.endsWith('/') ? undefined : file;
}
