/** Hugo's shortcodes: {{< name … >}} and {{% name … %}}. */
import {
  applyEdits,
  codeRanges,
  embed,
  isInside,
  lineAt,
  picture,
  placeholder,
  readParameters,
  type Edit,
  type Found,
  type Translated,
} from './edits.ts';

const SHORTCODE = /\{\{([<%])\s*(\/\*.*?\*\/|.*?)\s*[>%]\}\}/gs;
const HIGHLIGHT =
  /\{\{[<%]\s*highlight\s+"?([\w+#-]+)"?[^>%]*[>%]\}\}\n?(.*?)\n?[ \t]*\{\{[<%]\s*\/\s*highlight\s*[>%]\}\}/gs;

export function translateShortcodes(body: string): Translated {
  if (!/\{\{[<%]/.test(body)) return { body, found: [] };
  const fenced = body.replaceAll(HIGHLIGHT, (_all, language: string, code: string) => fence(language, code));
  const code = codeRanges(fenced);
  const edits: Edit[] = [];
  const found: Found[] = [];
  for (const { 0: all, 2: inner, index } of fenced.matchAll(SHORTCODE)) {
    if (isInside(code, index)) continue;
    const text = translate(inner!) ?? placeholder(all);
    if (text.startsWith('`') && !inner!.startsWith('/')) {
      found.push({
        line: lineAt(fenced, index),
        reason: `The shortcode ${shortly(inner!)} is not known here.`,
      });
    }
    edits.push({ start: index, end: index + all.length, text });
  }
  return { body: applyEdits(fenced, edits), found };
}

/** Undefined for one that is not known. */
function translate(inner: string): string | undefined {
  const comment = /^\/\*\s*(.*?)\s*\*\/$/s.exec(inner);
  if (comment) return placeholder(`{{< ${comment[1]} >}}`);
  const [, closing, name, rest] = /^(\/?)\s*([\w./-]+)(.*)$/s.exec(inner) ?? [];
  if (name === undefined) return undefined;
  // The end of one that stands around text: the text stays, and its beginning was named.
  if (closing) return '';
  const given = readParameters(rest!.replace(/\/\s*$/, ''));
  switch (name) {
    case 'figure':
    case 'img':
    case 'image': {
      const src = given['src'] ?? given['0'];
      return src && picture(src, given['alt'] ?? given['caption'] ?? '', given['caption'] ?? given['title']);
    }
    case 'ref':
    case 'relref':
      return given['path'] ?? given['0'];
    case 'gist':
      return embed('gist', [given['0'], given['1']].filter(Boolean).join('/'));
    case 'tweet':
    case 'x':
      return given['user'] && given['id']
        ? `[Post of ${given['user']}](https://x.com/${encodeURIComponent(given['user'])}/status/${encodeURIComponent(given['id'])})`
        : undefined;
    default:
      return embed(name, given['id'] ?? given['0'] ?? '');
  }
}

/** With as many lines as before. */
const fence = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;

const shortly = (inner: string): string => inner.replaceAll(/\s+/g, ' ').slice(0, 60);
