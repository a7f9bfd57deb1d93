import type { Element, ElementContent, Root as HastRoot } from 'hast';
import type { Root } from 'mdast';
import { setImmediate } from 'node:timers/promises';
import { visit } from 'unist-util-visit';
import type { MarkedCode } from './code-marks.ts';
import { takeMarks } from './code-marks.ts';
import type { CodeMeta } from './code-meta.ts';
import { readCodeMeta } from './code-meta.ts';
import type { Run } from './highlight.ts';
import { highlight } from './highlight.ts';
import type { Page } from './page.ts';
import { elementNode } from './slots.ts';

/** Characters; longer blocks are shown without colours. */
const LONGEST = 200_000;

/** Fenced and indented code: a figure with title, marked lines and colour classes. */
export function codeBlocks({ slots }: Page) {
  return (tree: Root): void => {
    visit(tree, 'code', (node, index, parent) => {
      if (!parent || index === undefined) return;
      const meta = readCodeMeta(node.lang, node.meta);
      const marked = takeMarks(node.value, meta);
      const slot = slots.hold((element) => becomeFigure(element, meta, marked), {
        text: marked.code,
        code: true,
      });
      parent.children[index] = elementNode('pre', slot, { position: node.position });
    });
  };
}

/** A `pre` from raw HTML scrolls inside itself like ours. Browsers take its first line end, so it is not written. */
export function rawPre({ slots }: Page) {
  return (tree: HastRoot): void => {
    visit(tree, { type: 'element', tagName: 'pre' }, (pre) => {
      if (slots.of(pre)) return;
      pre.properties.tabIndex = 0;
      const first = pre.children[0];
      if (first?.type === 'text') first.value = first.value.replace(/^\n+/, '');
    });
  };
}

async function becomeFigure(element: Element, meta: CodeMeta, marked: MarkedCode): Promise<void> {
  const diff = marked.marks.some((marks) => marks.has('added') || marks.has('removed'));
  element.tagName = 'figure';
  element.properties = {
    className: diff ? ['code', 'diff'] : ['code'],
    dataLanguage: meta.language || undefined,
  };
  const code: Element = {
    type: 'element',
    tagName: 'code',
    properties: {},
    children: await lines(marked, meta.language),
  };
  // A wide block scrolls inside itself: the keyboard must reach it.
  const pre: Element = { type: 'element', tagName: 'pre', properties: { tabIndex: 0 }, children: [code] };
  element.children = meta.title ? [caption(meta.title), pre] : [pre];
}

function caption(title: string): Element {
  return {
    type: 'element',
    tagName: 'figcaption',
    properties: {},
    children: [{ type: 'text', value: title }],
  };
}

async function lines({ code, marks }: MarkedCode, language: string): Promise<ElementContent[]> {
  if (code.length > LONGEST) return [{ type: 'text', value: code }];
  // Colouring holds the process; between two blocks others get their turn.
  await setImmediate();
  const runs = (await coloured(code, language)) ?? code.split('\n').map((text) => [{ text, className: '' }]);
  return runs.flatMap((line, index): ElementContent[] => [
    {
      type: 'element',
      tagName: 'span',
      properties: { className: ['line', ...(marks[index] ?? [])] },
      children: line.map(span),
    },
    ...(index < runs.length - 1 ? [{ type: 'text', value: '\n' } as const] : []),
  ]);
}

async function coloured(code: string, language: string): Promise<Run[][] | undefined> {
  try {
    return await highlight(code, language);
  } catch {
    // Colours are decoration: a grammar that fails must not keep a text from being saved.
    return undefined;
  }
}

function span({ text, className }: Run): ElementContent {
  if (!className) return { type: 'text', value: text };
  return {
    type: 'element',
    tagName: 'span',
    properties: { className: [className] },
    children: [{ type: 'text', value: text }],
  };
}
