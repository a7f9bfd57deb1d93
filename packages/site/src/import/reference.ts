/** What a Markdown reference means as a path of the imported folder. Pure. */
import { posix } from 'node:path';

export type Reference =
  /** relative to the imported folder; more than one way to write the same name */
  | { kind: 'file'; candidates: string[]; name: string }
  /** an address of the web, a place in the page, or a path of the site */
  | { kind: 'elsewhere' }
  | { kind: 'refused'; reason: string };

/**
 * @param from path of the Markdown file, relative to the folder
 * @param url as the Markdown has it, percent-encoded or not
 */
export function readReference(from: string, url: string): Reference {
  if (url === '' || /^([a-z][a-z\d+.-]*:|[/#?])/i.test(url)) return { kind: 'elsewhere' };
  const bare = url.replace(/[?#].*$/, '');
  const decoded = percentDecoded(bare);
  if (decoded.includes('\0'))
    return { kind: 'refused', reason: `The address ${url} holds a NUL byte. Remove it.` };
  const path = posix.join(posix.dirname(from), decoded);
  if (path === '..' || path.startsWith('../')) {
    return { kind: 'refused', reason: `${url} leads out of the folder. Put the file into the folder.` };
  }
  // Some systems store é as two characters.
  const candidates = [...new Set([path, path.normalize('NFC'), path.normalize('NFD')])];
  return { kind: 'file', candidates, name: posix.basename(path).normalize('NFC') };
}

/** "100%.jpg" is a name too: what cannot be decoded is taken as it stands. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
