import type { Element, ElementContent, Root as HastRoot } from 'hast';
import { toString } from 'hast-util-to-string';
import type { Root } from 'mdast';
import type { InlineMath, Math } from 'mdast-util-math';
import rehypeRaw from 'rehype-raw';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { mathMlOnly } from './math-ml.ts';
import type { Page } from './page.ts';
import { elementNode } from './slots.ts';

/** Characters; longer formulas are a mistake, such as a price that opened one. */
const LONGEST = 10_000;

const html = unified().use(rehypeRaw).freeze();

/** TeX becomes MathML. A formula that cannot be read is shown as written, with the reason as its title. */
export function formulas({ slots }: Page) {
  return (tree: Root, file: { toString(): string }): void => {
    const source = String(file);
    visit(tree, ['math', 'inlineMath'], (node, index, parent) => {
      if (!parent || index === undefined || (node.type !== 'math' && node.type !== 'inlineMath')) return;
      const alone = parent.type === 'paragraph' && parent.children.length === 1;
      const display = node.type === 'math' || (alone && source.startsWith('$$', node.position?.start.offset));
      const slot = slots.hold((element) => becomeFormula(element, node, display), { text: node.value });
      // What cannot stand in a paragraph must not look as if it could while raw HTML is parsed: hence `pre` for a block.
      parent.children[index] = elementNode(node.type === 'math' ? 'pre' : 'code', slot, {
        position: node.position,
      });
    });
  };
}

async function becomeFormula(element: Element, node: Math | InlineMath, display: boolean): Promise<void> {
  const { default: temml } = await import('temml');
  try {
    if (node.value.length > LONGEST) throw new Error(`The formula is longer than ${LONGEST} characters.`);
    const mathMl = temml.renderToString(node.value, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxExpand: 1000,
    });
    const parsed = html.runSync({
      type: 'root',
      children: [{ type: 'raw', value: mathMl.trim() }],
    } as HastRoot) as HastRoot;
    const math = parsed.children[0];
    if (math?.type !== 'element' || math.tagName !== 'math') throw new Error('The formula is empty.');
    const children = mathMlOnly(math.children);
    if (!toString({ type: 'root', children }) && !node.value.trim()) throw new Error('The formula is empty.');
    element.tagName = 'math';
    // A wide formula scrolls inside itself: the keyboard must reach it.
    element.properties = display ? { display: 'block', tabIndex: 0 } : {};
    element.children = children;
  } catch (error) {
    showAsWritten(element, node.value, (error as Error).message);
  }
}

function showAsWritten(element: Element, tex: string, reason: string): void {
  const text: ElementContent = { type: 'text', value: tex };
  // Temml underlines the place in question with combining characters, which a title shows as noise, and cuts emoji in two.
  const title = reason.replaceAll('\u0332', '').replaceAll(/\s+/g, ' ').trim().slice(0, 300).toWellFormed();
  const code: Element = {
    type: 'element',
    tagName: 'code',
    properties: { className: ['math-error'], title },
    children: [text],
  };
  if (element.tagName === 'code') Object.assign(element, code);
  else Object.assign(element, { properties: { tabIndex: 0 }, children: [code] });
}
