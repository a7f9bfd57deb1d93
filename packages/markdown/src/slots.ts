import { randomUUID } from 'node:crypto';
import type { Element, Properties, Root } from 'hast';
import type { Data, PhrasingContent, RootContent } from 'mdast';
import { visit } from 'unist-util-visit';

type Slot = {
  fill: (element: Element) => void | Promise<void>;
  /** what the element reads as, where that is not its children */
  text: string | undefined;
  /** a code block: searched, but not counted as words */
  code: boolean;
};

/**
 * Places in the tree that get their trusted structure only after the sanitiser ran. An mdast node is turned into a plain element
 * that carries a key; the key survives raw HTML parsing and the sanitiser; `fill` then gives the element its real shape.
 * The key holds a random part, so that nobody can write one in raw HTML.
 */
export class Slots {
  readonly #secret = randomUUID();
  readonly #slots = new Map<string, Slot>();
  /** what the sanitiser may let through as `data-slot` */
  readonly pattern = new RegExp(`^${this.#secret}-\\d+$`);

  /** Properties for an element that `fill` finishes after the sanitiser. */
  hold(fill: Slot['fill'], reads: { text?: string; code?: boolean } = {}): Properties {
    const key = `${this.#secret}-${this.#slots.size}`;
    this.#slots.set(key, { fill, text: reads.text, code: reads.code ?? false });
    return { dataSlot: key };
  }

  of(element: Element): Slot | undefined {
    return this.#slots.get(String(element.properties.dataSlot));
  }

  /** Finishes every held element, in the order of the text. */
  async fillAll(tree: Root): Promise<void> {
    const held: [Element, Slot][] = [];
    visit(tree, 'element', (element) => {
      const slot = this.of(element);
      if (slot) held.push([element, slot]);
    });
    for (const [element, slot] of held) {
      delete element.properties.dataSlot;
      await slot.fill(element);
    }
  }
}

/** Behind the wall: gives every held element its real shape. */
export function fillSlots({ slots }: { slots: Slots }) {
  return (tree: Root): Promise<void> => slots.fillAll(tree);
}

/** An mdast node that becomes `<tagName>` with the given properties, whatever its Markdown was. */
export function elementNode(
  tagName: string,
  hProperties: Properties,
  node: { children?: RootContent[]; position?: RootContent['position'] } = {},
): RootContent & PhrasingContent {
  const data = { hName: tagName, hProperties, ...(node.children ? {} : { hChildren: [] }) } as Data;
  // mdast-util-to-hast turns a node of an unknown type into the element that its data names.
  return { type: 'slot', children: [], ...node, data } as unknown as RootContent & PhrasingContent;
}
