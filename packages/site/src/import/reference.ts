/** What a Markdown reference means as a path of the imported folder. Pure. */
import { posix } from 'node:path';

export type Reference =
  /** relative to the imported folder; more than one way to write the same name */
  | { kind: 'file'; candidates: string[]; name: string }
  /** an address of the web, a place in the page, or a path of the site */
  | { kind: 'elsewhere' }
  | { kind: 'refused'; reason: string };

/** Where generators keep files that they copy as they are, "" being the top. An export writes into the first. */
const STATIC_FOLDERS = ['static', 'public', 'assets', 'src', 'src/assets', 'source', 'content', ''];

/**
 * @param from path of the Markdown file, relative to the folder
 * @param url as the Markdown has it, percent-encoded or not; "/x" and "~/x" count from the top
 */
export function readReference(from: string, url: string): Reference {
  if (url === '' || /^([a-z][a-z\d+.-]*:|\/\/|\/media\/|[#?])/i.test(url)) return { kind: 'elsewhere' };
  const bare = url.replace(/[?#].*$/, '');
  const decoded = percentDecoded(bare);
  if (/^[~@]?\//.test(decoded)) return fromTheTop(decoded.replace(/^[~@]/, ''));
  if (decoded.includes('\0'))
    return { kind: 'refused', reason: `The address ${url} holds a NUL byte. Remove it.` };
  const path = posix.join(posix.dirname(from), decoded);
  if (path === '..' || path.startsWith('../')) {
    return { kind: 'refused', reason: `${url} leads out of the folder. Put the file into the folder.` };
  }
  return { kind: 'file', candidates: spellings(path), name: posix.basename(path).normalize('NFC') };
}

function fromTheTop(path: string): Reference {
  if (path === '/' || path.includes('\0')) return { kind: 'elsewhere' };
  const inside = posix.normalize(path);
  return {
    kind: 'file',
    candidates: STATIC_FOLDERS.flatMap((folder) => spellings(posix.join(folder, `.${inside}`))),
    name: posix.basename(inside).normalize('NFC'),
  };
}

/** Some systems store é as two characters. */
const spellings = (path: string): string[] => [
  ...new Set([path, path.normalize('NFC'), path.normalize('NFD')]),
];

/** "100%.jpg" is a name too: what cannot be decoded is taken as it stands. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Whether a body may show a picture or refer to a file beside it. Says yes too often rather than too seldom: it only saves rendering
 * a text just to learn that there is nothing to look for. Every way to write an address ends in one of these signs.
 */
export function mayReferToFiles(body: string): boolean {
  return PICTURE.test(body) || IN_MARKDOWN.test(body) || IN_HTML.test(body);
}

/** Also one of another site, which is worth a note. */
const PICTURE = /!\[|<img\b/i;
const IN_MARKDOWN = /(?:\]\(|(?<!\[\^[^\]]*)\]:)\s*<?(?!\s|<|https?:|mailto:|\/\/|[#?])\S/i;
const IN_HTML = /\b(?:src|href)\s*=\s*["']?\s*(?!\s|["']|https?:|mailto:|\/\/|[#?])\S/i;
