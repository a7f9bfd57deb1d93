/**
 * SVG pictures that may stand on the site: drawings only. What could run, load or lead elsewhere is refused, not
 * cleaned: the stored bytes are the author's own.
 *
 * Browsers read such a file as XML, so the check reads it by XML's grammar and refuses whatever does not fit.
 */
import { Problem } from '@homepage/platform';

const forbiddenElements = new Set(
  'script foreignobject iframe embed object audio video handler listener html body link meta'.split(' '),
);

/** By content: after a declaration, comments and a doctype, the first element is svg. */
export function isSvg(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 8_192));
  return /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*|<!DOCTYPE\s+svg[^>[]*(\[[\s\S]*?\]\s*)?>\s*)*<([\w-]+:)?svg[\s/>]/i.test(
    start,
  );
}

/** @throws Problem SVG_UNSAFE with the line */
export function checkSvg(source: string): void {
  // Collected until the style ends: a comment in between would hide a word from a look at each piece.
  let style: string | undefined;
  let rest = source.replace(/^\ufeff/, '');
  while (rest !== '') {
    const token = nextToken(rest);
    let reason = token ? objection(token) : 'it is not well-formed XML';
    if (token?.kind === 'text' && style !== undefined) style += token.text;
    if (token?.kind === 'tag') {
      reason ??= style === undefined ? undefined : styleObjection(style);
      style = token.name === 'style' && !token.closes ? '' : undefined;
    }
    if (!token || reason)
      throw unsafe(reason!, source.slice(0, source.length - rest.length).split('\n').length);
    rest = rest.slice(token.length);
  }
}

type Token =
  | { kind: 'text'; text: string; length: number }
  | {
      kind: 'tag';
      name: string;
      closes: boolean;
      attributes: [name: string, value: string][];
      length: number;
    }
  | { kind: 'declaration'; text: string; length: number }
  | { kind: 'comment'; length: number };

function nextToken(rest: string): Token | undefined {
  const text = /^[^<]+/.exec(rest)?.[0];
  if (text !== undefined) return { kind: 'text', text: decodeReferences(text), length: text.length };
  const comment = /^<!--[\s\S]*?-->/.exec(rest)?.[0];
  if (comment !== undefined) return { kind: 'comment', length: comment.length };
  const cdata = /^<!\[CDATA\[([\s\S]*?)\]\]>/.exec(rest);
  if (cdata) return { kind: 'text', text: cdata[1]!, length: cdata[0].length };
  const declaration = /^<(?:\?[^>]*\?|![A-Z][^>]*)>/i.exec(rest)?.[0];
  if (declaration !== undefined)
    return { kind: 'declaration', text: declaration, length: declaration.length };
  const tag =
    /^<(\/?)([\p{L}_][\w.:-]*)((?:\s+[\p{L}_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/u.exec(rest);
  if (!tag) return undefined;
  return {
    kind: 'tag',
    name: localName(tag[2]!),
    closes: tag[1] === '/' || tag[4] === '/',
    attributes: [...tag[3]!.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
      ([, name, double, single]): [string, string] => [
        name!.toLowerCase(),
        decodeReferences(double ?? single ?? ''),
      ],
    ),
    length: tag[0].length,
  };
}

function objection(token: Token): string | undefined {
  if (token.kind === 'declaration') return declarationObjection(token.text);
  if (token.kind !== 'tag') return undefined;
  if (forbiddenElements.has(token.name)) return `it has <${token.name}>`;
  for (const [name, value] of token.attributes) {
    const reason = attributeObjection(token.name, name, value);
    if (reason) return reason;
  }
  return undefined;
}

function declarationObjection(text: string): string | undefined {
  if (/^<\?xml\s/i.test(text)) {
    const encoding = /encoding\s*=\s*["']([^"']*)/i.exec(text)?.[1] ?? 'utf-8';
    return /^(utf-8|us-ascii|iso-8859-1)$/i.test(encoding)
      ? undefined
      : `its encoding is ${encoding}, not UTF-8`;
  }
  // An internal subset can define entities, and they can hold anything.
  if (/^<!DOCTYPE\s/i.test(text) && !text.includes('[')) return undefined;
  return text.startsWith('<?') ? 'it has a processing instruction' : 'its document type declares entities';
}

function attributeObjection(element: string, name: string, value: string): string | undefined {
  const local = localName(name);
  const compact = value.replaceAll(/[\s\p{C}]+/gu, '').toLowerCase();
  if (local.startsWith('on')) return `it has the event handler ${name}`;
  if (compact.includes('javascript:') || compact.includes('vbscript:')) return 'it has a javascript: address';
  if (['href', 'src'].includes(local) && !isInside(element, compact))
    return `it refers to ${value.slice(0, 60)}`;
  if (local === 'base') return 'it has another base address';
  if (local === 'attributename' && /(^|:)(href|src|on\w*)$/.test(compact)) return `it animates ${value}`;
  return styleObjection(value);
}

/** References within the drawing, bitmaps in the file itself, and ordinary links of <a>. */
function isInside(element: string, address: string): boolean {
  if (address.startsWith('#') || address === '') return true;
  if (/^data:image\/(png|jpe?g|gif|webp|avif)[;,]/.test(address)) return true;
  return element === 'a' && /^https?:\/\//.test(address);
}

function styleObjection(css: string): string | undefined {
  if (css.includes('\\')) return 'its style has an escaped character';
  const plain = css.replaceAll(/\/\*[\s\S]*?\*\//g, '').toLowerCase();
  if (plain.includes('@import')) return 'its style imports another';
  for (const [, address] of plain.matchAll(/url\(\s*["']?([^"')]*)/g)) {
    if (!isInside('style', address!.trim())) return `its style refers to ${address!.slice(0, 60)}`;
  }
  return /image-set\(|javascript:|expression\(/.test(plain)
    ? 'its style can load or run something'
    : undefined;
}

function unsafe(reason: string, line: number): Problem {
  return new Problem('SVG_UNSAFE', `The SVG was refused because ${reason} (its line ${line}).`, {
    fix: 'Remove that, or export the drawing as a plain SVG or a PNG.',
  });
}

const localName = (name: string): string => name.toLowerCase().replace(/^.*:/, '');

/** &#106; and &amp; as characters; other entities are left as they are: without a declaration XML does not know them. */
function decodeReferences(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (all, hex?: string, decimal?: string, name?: string) => {
      if (name) return named[name] ?? all;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
