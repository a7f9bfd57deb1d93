import type { Element, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import type { Page } from './page.ts';

/** A wide table scrolls inside itself, reachable by keyboard. Alignment becomes a class: the attribute is obsolete. */
export function tables({ labels }: Page) {
  return (tree: Root): void => {
    let number = 0;
    visit(tree, 'element', (element, index, parent) => {
      if (element.tagName === 'td' || element.tagName === 'th') alignByClass(element);
      if (element.tagName !== 'table' || !parent || index === undefined) return;
      visit(element, 'element', alignByClass);
      number++;
      const ariaLabel = labels.table.replace('{number}', String(number));
      parent.children[index] = {
        type: 'element',
        tagName: 'div',
        properties: { className: ['table'], role: 'region', tabIndex: 0, ariaLabel },
        children: [element],
      };
      return [SKIP, index + 1];
    });
  };
}

function alignByClass({ properties }: Element): void {
  if (typeof properties.align === 'string') properties.className = [properties.align];
  delete properties.align;
}
