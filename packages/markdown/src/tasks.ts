import type { Root } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Page } from './page.ts';
import { elementNode } from './slots.ts';

/** `- [x] done`: a disabled checkbox inside its label. Anything in the item after its first paragraph stays outside. */
export function tasks({ slots }: Page) {
  return (tree: Root): void => {
    visit(tree, 'listItem', (item) => {
      const first = item.children[0];
      if (typeof item.checked !== 'boolean' || first?.type !== 'paragraph') return;
      const checked = item.checked;
      item.checked = null;
      const itemSlot = slots.hold((element) => void (element.properties = { className: ['task'] }));
      item.data = { ...item.data, hProperties: itemSlot };
      const label = slots.hold((element) => {
        element.tagName = 'label';
        element.properties = {};
        element.children.unshift(
          {
            type: 'element',
            tagName: 'input',
            properties: { type: 'checkbox', checked, disabled: true },
            children: [],
          },
          { type: 'text', value: ' ' },
        );
      });
      first.children = [elementNode('span', label, { children: first.children, position: first.position })];
    });
  };
}
