import { getHeapStatistics } from 'node:v8';
import type { Nodes, Root } from 'mdast';
import { MarkdownError } from './errors.ts';

/** Characters of a text: four long novels. Rendering one takes a minute. */
const LARGEST = 2_500_000;
/** What rendering needs, in bytes of memory, measured; running out of it would end the whole process. */
const MEMORY = { perCharacter: 800, perLine: 4000 };
/** Quotes, lists, emphasis and so on inside one another. The steps after parsing call themselves once per level. */
const DEEPEST = 60;
/** Markers at the start of one line, refused before parsing because parsing takes the square of their number. */
const MARKERS = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){50}/m;
/** Raw HTML elements left open at once, refused because HTML parsing takes the square of their number. */
const OPEN_TAGS = 200;
const TAG = /<(\/?)([a-z][^\s/>]*)/gi;
/** They have no end tag, or a new one of their kind closes the one before. */
const NEVER_NESTED = new Set(
  'a area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr track wbr'.split(
    ' ',
  ),
);

/**
 * @param heapLimit bytes of memory that this process may use
 * @throws MarkdownError before the parser sees a text that it could not finish
 */
export function refuseHugeText(markdown: string, heapLimit = getHeapStatistics().heap_size_limit): void {
  const characters = markdown.length;
  if (characters > LARGEST) {
    throw tooLarge(`The text has ${characters} characters; ${LARGEST} are possible.`);
  }
  const lines = markdown.split('\n').length;
  const needed = characters * MEMORY.perCharacter + lines * MEMORY.perLine;
  const usable = heapLimit * 0.8;
  if (needed > usable) {
    throw tooLarge(
      `The text has ${characters} characters in ${lines} lines. Rendering it needs ${megabytes(needed)} of memory; this process can use ${megabytes(usable)}.`,
    );
  }
  const deep = MARKERS.exec(markdown);
  if (deep) throw tooDeep(markdown.slice(0, deep.index).split('\n').length);
}

function tooLarge(message: string): MarkdownError {
  return new MarkdownError('MARKDOWN_TOO_LARGE', message, {
    fix: 'Split it into several posts, or attach the long part as a file.',
  });
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** The first step of the pipeline: refuses trees that are too deep for the steps after it. */
export function refuseDeepTrees() {
  return (tree: Root): void => {
    const open = new Map<string, number>();
    let openTags = 0;
    const queue: [Nodes, number][] = [[tree, 0]];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [node, depth] = next;
      const line = node.position?.start.line;
      if (depth > DEEPEST) throw tooDeep(line);
      if ('children' in node) {
        for (const child of node.children.toReversed()) queue.push([child, depth + 1]);
      }
      if (node.type !== 'html') continue;
      for (const [, slash, written = ''] of node.value.matchAll(TAG)) {
        const name = written.toLowerCase();
        if (NEVER_NESTED.has(name)) continue;
        const count = open.get(name) ?? 0;
        if (slash && count === 0) continue;
        open.set(name, count + (slash ? -1 : 1));
        openTags += slash ? -1 : 1;
        if (openTags > OPEN_TAGS) throw tooDeep(line);
      }
    }
  };
}

export function tooDeep(line?: number, cause?: unknown): MarkdownError {
  return new MarkdownError(
    'MARKDOWN_TOO_DEEP',
    'Too many quotes, lists or elements are nested inside one another.',
    {
      line,
      fix: `Keep the nesting below ${DEEPEST} levels, and close every raw HTML element.`,
      cause,
    },
  );
}
