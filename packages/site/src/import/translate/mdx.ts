/** MDX becomes Markdown: pictures and films stay, what only a program can show leaves a placeholder. */
import type { Root } from 'mdast';
import type { MdxJsxFlowElement, MdxJsxTextElement } from 'mdast-util-mdx-jsx';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { BadFile } from '../bad-file.ts';
import { applyEdits, embed, picture, placeholder, type Edit, type Found, type Translated } from './edits.ts';

type Element = MdxJsxFlowElement | MdxJsxTextElement;

const parser = unified().use(remarkParse).use(remarkMdx).freeze();
const PICTURE_IMPORT = /^import\s+(\w+)\s+from\s+(["'])([^"']+\.(?:avif|gif|jpe?g|png|svg|webp))\2/gm;

/** @throws BadFile MDX_INVALID, with the line in the body */
export function translateMdx(body: string): Translated {
  const tree = parse(body);
  const edits: Edit[] = [];
  const found: Found[] = [];
  const pictures = new Map([...body.matchAll(PICTURE_IMPORT)].map(([, name, , path]) => [name!, path!]));
  const cut = (start: number, end: number, text: string): void => void edits.push({ start, end, text });

  visit(tree, (node) => {
    if (!('position' in node) || !node.position) return;
    const { start, end } = node.position;
    const from = start.offset!;
    const to = end.offset!;
    const source = body.slice(from, to);
    if (node.type === 'mdxjsEsm') {
      cut(from, to, '');
      for (const [index, line] of source.split('\n').entries()) {
        if (!/^(import|export)\b/.test(line) || PICTURE_IMPORT.test(line)) continue;
        found.push({ line: start.line + index, reason: `Code is not imported: ${shortly(line)}` });
      }
      PICTURE_IMPORT.lastIndex = 0;
    } else if (node.type === 'mdxFlowExpression' || node.type === 'mdxTextExpression') {
      const text = textOf(node.value);
      if (text === undefined)
        found.push({ line: start.line, reason: `The expression ${shortly(source)} is not worked out here.` });
      cut(from, to, text ?? placeholder(source));
    } else if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') {
      translateElement(node, from, to);
    }
  });
  return { body: applyEdits(body, edits), found };

  /** The tags of an element change; what stands between them is text like any other. */
  function translateElement(node: Element, from: number, to: number): void {
    const firstChild = node.children[0]?.position?.start.offset;
    const lastChild = node.children.at(-1)?.position?.end.offset;
    const opening = body.slice(from, firstChild ?? to).trimEnd();
    const text = ofTag(node);
    if (text === undefined) {
      found.push({
        line: node.position!.start.line,
        reason: `The component <${node.name}> is not known here.`,
      });
    }
    const isFlow = node.type === 'mdxJsxFlowElement';
    // Apart from the text inside it, which is Markdown of its own.
    const apart = isFlow && firstChild !== undefined && text !== '' ? '\n\n' : '';
    if (isHtml(node)) {
      if (opening.includes('{')) cut(from, from + opening.length, htmlTag(node, firstChild === undefined));
      return;
    }
    cut(from, from + opening.length, (text ?? placeholder(opening)) + apart);
    if (lastChild !== undefined) {
      const closing = body.slice(lastChild, to);
      cut(lastChild, to, /^\s*/.exec(closing)![0]);
    }
  }

  /** Empty for a fragment, undefined for what is not known. */
  function ofTag(node: Element): string | undefined {
    if (node.name === null || isHtml(node)) return '';
    const given = attributesOf(node, pictures);
    const src = given['src'];
    if (/image|img|figure|picture/i.test(node.name) && src)
      return picture(src, given['alt'] ?? '', given['caption'] ?? given['title']);
    return embed(node.name, given['id'] ?? given['videoId'] ?? given['url'] ?? '');
  }
}

function parse(body: string): Root {
  try {
    return parser.parse(body) as Root;
  } catch (cause) {
    const { reason, line, place } = cause as {
      reason?: string;
      line?: number;
      place?: { line?: number; start?: { line: number } };
    };
    if (reason === undefined) throw cause;
    // The reason ends with the place, counted from where the text begins.
    const [, what, at] = /^(.*?)(?:\s*\((\d+):[\d:-]+\))?$/s.exec(reason)!;
    throw new BadFile('MDX_INVALID', `It is not valid MDX: ${what}.`, {
      fix: 'Correct that place, or rename the file to .md when it is plain Markdown.',
      line: line ?? place?.line ?? place?.start?.line ?? (at ? Number(at) : null),
      cause,
    });
  }
}

const isHtml = ({ name }: Element): boolean => name !== null && /^[a-z][a-z0-9-]*$/.test(name);

/** HTML without values that only a program knows. */
function htmlTag(node: Element, isEmpty: boolean): string {
  const attributes = node.attributes
    .filter((attribute) => attribute.type === 'mdxJsxAttribute' && typeof attribute.value === 'string')
    .map(
      (attribute) =>
        ` ${'name' in attribute ? attribute.name : ''}="${String(attribute.value).replaceAll('"', '&quot;')}"`,
    )
    .join('');
  return `<${node.name}${attributes}>${isEmpty ? `</${node.name}>` : ''}`;
}

/** Texts, and names of imported pictures as their paths. */
function attributesOf(node: Element, pictures: Map<string, string>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const attribute of node.attributes) {
    if (attribute.type !== 'mdxJsxAttribute') continue;
    const { name, value } = attribute;
    if (typeof value === 'string') result[name] = value;
    else if (value) {
      const text = textOf(value.value) ?? pictures.get(value.value.trim().replace(/\.src$/, ''));
      if (text !== undefined) result[name] = text;
    }
  }
  return result;
}

/** Of an expression that is a comment, a text or a number. */
function textOf(expression: string): string | undefined {
  const code = expression.trim();
  if (code === '' || /^\/\*[^]*\*\/$/.test(code)) return '';
  if (/^-?\d+(\.\d+)?$/.test(code)) return code;
  const literal = /^(["'`])((?:\\.|(?!\1|\$\{)[^\\])*)\1$/s.exec(code);
  return literal?.[2]!.replaceAll(/\\(.)/g, '$1');
}

const shortly = (source: string): string => source.replaceAll(/\s+/g, ' ').slice(0, 60);
