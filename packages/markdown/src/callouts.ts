import type { Blockquote, Paragraph, PhrasingContent, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Page } from './page.ts';
import { elementNode } from './slots.ts';

const KINDS = ['note', 'tip', 'important', 'warning', 'caution'] as const;
const MARKER = new RegExp(`^\\[!(${KINDS.join('|')})\\](?:[ \\t]+|$|(?=\\n))`, 'i');

/**
 * `> [!NOTE]` and, on the same line, an optional title of one's own.
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts
 */
export function callouts({ slots, labels }: Page) {
  return (tree: Root, file: { toString(): string }): void => {
    const source = String(file);
    visit(tree, 'blockquote', (quote) => {
      const first = quote.children[0];
      const start = first?.type === 'paragraph' ? first.children[0] : undefined;
      const marker = start?.type === 'text' ? MARKER.exec(start.value) : null;
      if (first?.type !== 'paragraph' || start?.type !== 'text' || !marker) return;
      // `\[!NOTE]` is meant as text.
      if (!source.startsWith('[', start.position?.start.offset)) return;

      const kind = (marker[1] as string).toLowerCase() as (typeof KINDS)[number];
      start.value = start.value.slice(marker[0].length);
      const own = takeFirstLine(first);
      const title: PhrasingContent[] = own.length > 0 ? own : [{ type: 'text', value: labels[kind] }];
      becomeCallout(quote, kind);
      quote.children = [
        elementNode(
          'p',
          slots.hold((element) => void (element.properties = { className: ['title'] })),
          {
            children: title,
            position: first.position,
          },
        ) as unknown as Paragraph,
        ...(first.children.length > 0 ? quote.children : quote.children.slice(1)),
      ];
    });
  };

  function becomeCallout(quote: Blockquote, kind: string): void {
    const hProperties = slots.hold((element) => {
      element.tagName = 'aside';
      element.properties = { className: ['callout', kind], role: 'note' };
    });
    quote.data = { ...quote.data, hProperties };
  }
}

/** Cuts a paragraph's first line off. Returns nothing when that line is empty. */
function takeFirstLine(paragraph: Paragraph): PhrasingContent[] {
  const line: PhrasingContent[] = [];
  for (let node = paragraph.children.shift(); node; node = paragraph.children.shift()) {
    if (node.type === 'break') break;
    if (node.type !== 'text' || !node.value.includes('\n')) {
      line.push(node);
      continue;
    }
    const end = node.value.indexOf('\n');
    if (end > 0) line.push({ ...node, value: node.value.slice(0, end) });
    if (end + 1 < node.value.length)
      paragraph.children.unshift({ ...node, value: node.value.slice(end + 1) });
    break;
  }
  return line.some((node) => node.type !== 'text' || node.value.trim() !== '') ? line : [];
}
