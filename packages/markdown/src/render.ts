import rehypeRaw from 'rehype-raw';
import rehypeStringify from 'rehype-stringify';
import remarkRehype from 'remark-rehype';
import { callouts } from './callouts.ts';
import { codeBlocks, rawPre } from './code.ts';
import { refuseDeepTrees, refuseHugeText, tooDeep } from './depth.ts';
import { footnotes } from './footnotes.ts';
import { headings } from './headings.ts';
import { figures, images, pictures } from './images.ts';
import { ENGLISH } from './labels.ts';
import { links, unnestLinks } from './links.ts';
import { formulas } from './math.ts';
import type { Address, Heading, Page, RenderOptions } from './page.ts';
import { parser } from './parse.ts';
import { sanitize } from './sanitize.ts';
import { fillSlots, Slots } from './slots.ts';
import { tables } from './tables.ts';
import { tasks } from './tasks.ts';
import { readText } from './text.ts';

const WORDS_PER_MINUTE = 220;

export type Rendered = {
  /** safe to put into a page as it is: no script, no inline style, no address that runs code */
  html: string;
  /** the table of contents, in order */
  headings: Heading[];
  /** beginning of the first paragraph, at most 200 UTF-16 units, without markup */
  excerpt: string;
  /** everything that can be read, code included, one line per block; for the search */
  text: string;
  /** without code blocks; Chinese and Japanese by character */
  words: number;
  /** at 220 words a minute, rounded up, at least 1 */
  readingMinutes: number;
  links: Address[];
  images: Address[];
};

/**
 * Renders Markdown to safe HTML. The same text and options always give the same HTML.
 * @throws MarkdownError when the text is too large or too deeply nested
 */
export async function render(markdown: string, options: RenderOptions = {}): Promise<Rendered> {
  const page: Page = {
    options,
    labels: { ...ENGLISH, ...options.labels },
    slots: new Slots(),
    headings: [],
    links: [],
    images: [],
    sources: new Map(),
    text: '',
    excerpt: '',
    words: 0,
  };
  // PostgreSQL stores neither NUL nor half a surrogate pair, and HTML knows one line end.
  const source = markdown
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '\uFFFD')
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n');
  refuseHugeText(source);
  const pipeline = parser()
    // Markdown: our own syntax becomes plain elements that hold a place for it
    .use(refuseDeepTrees)
    .use(callouts, page)
    .use(footnotes, page)
    .use(tasks, page)
    .use(codeBlocks, page)
    .use(formulas, page)
    // the wall: raw HTML is parsed like a browser does, then only the allow-list is left
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw)
    .use(sanitize, page)
    // HTML: trusted structure
    .use(readText, page)
    .use(links, page)
    .use(images, page)
    .use(figures)
    .use(pictures, page)
    .use(tables, page)
    .use(rawPre, page)
    .use(headings, page)
    .use(fillSlots, page)
    .use(unnestLinks)
    .use(rehypeStringify, { characterReferences: { useNamedReferences: true } });

  const html = await pipeline.process(source).catch((error: unknown) => {
    if (error instanceof RangeError && error.message.includes('call stack')) throw tooDeep(undefined, error);
    throw error;
  });
  const { text, excerpt, words } = page;
  return {
    html: String(html),
    headings: page.headings,
    excerpt,
    text,
    words,
    readingMinutes: Math.max(1, Math.ceil(words / WORDS_PER_MINUTE)),
    links: page.links,
    images: page.images,
  };
}
