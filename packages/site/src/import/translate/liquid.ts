/** Liquid as Jekyll's and Eleventy's texts have it, and kramdown's lists of attributes. */
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

const HIGHLIGHT =
  /\{%-?\s*highlight\s+([\w+#-]+)[^%]*%\}[ \t]*\n?(.*?)\n?[ \t]*\{%-?\s*endhighlight\s*-?%\}/gs;
/** Blocks first: what is in them is no Liquid. */
const LIQUID =
  /\{%-?\s*raw\s*-?%\}(?<raw>.*?)\{%-?\s*endraw\s*-?%\}|\{%-?\s*comment\s*-?%\}(?<comment>.*?)\{%-?\s*endcomment\s*-?%\}|\{%-?\s*(?<tag>\w+)\s*(?<rest>.*?)\s*-?%\}|\{\{-?\s*(?<output>.*?)\s*-?\}\}/gs;
const TABLE_OF_CONTENTS = /^[ \t]*(?:[-*+]|\d+\.)[ \t][^\n]*\n[ \t]*\{:\s*toc[^}]*\}[ \t]*$/gim;
const ATTRIBUTES = /[ \t]*\{:[^}\n]*\}/g;

export function translateLiquid(body: string): Translated {
  const fenced = body
    .replaceAll(HIGHLIGHT, (_all, language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\``)
    .replaceAll(TABLE_OF_CONTENTS, '\n');
  const code = codeRanges(fenced);
  const edits: Edit[] = [];
  const found: Found[] = [];
  for (const match of fenced.matchAll(LIQUID)) {
    const { 0: all, index, groups } = match;
    const { raw, comment, tag, rest, output } = groups!;
    // Code is shown as it is, but `raw` is there to be taken away.
    if (raw === undefined && isInside(code, index)) continue;
    const text =
      raw ?? (comment === undefined ? undefined : '') ?? (tag ? ofTag(tag, rest!) : ofOutput(output!));
    if (text === undefined) {
      const what = all.replaceAll(/\s+/g, ' ').slice(0, 60);
      found.push({ line: lineAt(fenced, index), reason: `The Liquid ${what} is not known here.` });
    }
    edits.push({ start: index, end: index + all.length, text: text ?? placeholder(all) });
  }
  for (const { 0: all, index } of fenced.matchAll(ATTRIBUTES)) {
    if (!isInside(code, index) && !edits.some(({ start, end }) => index >= start && index < end))
      edits.push({ start: index, end: index + all.length, text: '' });
  }
  return { body: applyEdits(fenced, edits), found };
}

/** Undefined for one that is not known. */
function ofTag(tag: string, rest: string): string | undefined {
  const given = readParameters(rest);
  const first = given['0'] ?? '';
  switch (tag) {
    case 'post_url':
      return `/_posts/${first}`;
    case 'link':
      return `/${first}`;
    case 'gist':
      return embed('gist', first);
    case 'include':
    case 'include_relative':
      return ofInclude(first.replace(/\.\w+$/, ''), given);
    default:
      return embed(tag, first);
  }
}

function ofInclude(name: string, given: Record<string, string>): string | undefined {
  const src = given['src'] ?? given['image_path'] ?? given['url'] ?? given['path'] ?? given['file'];
  if (/figure|image|img|picture|photo/i.test(name) && src && !src.includes('{{')) {
    return picture(src, given['alt'] ?? given['caption'], given['caption'] ?? given['title']);
  }
  const id = given['id'] ?? given['video'] ?? given['videoid'] ?? given['youtube_id'];
  return id === undefined
    ? undefined
    : embed(
        name
          .split('/')
          .pop()!
          .replace(/-?(embed|player)$/, ''),
        id,
      );
}

function ofOutput(output: string): string | undefined {
  if (/^site\.(baseurl|url|github\.url)$/.test(output)) return '';
  const literal =
    /^(["'])(.*?)\1\s*((?:\|\s*(?:relative_url|absolute_url|url|prepend:\s*site\.\w+|append:\s*"")\s*)*)$/.exec(
      output,
    );
  return literal?.[2];
}
