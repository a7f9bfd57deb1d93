import type { Element, Nodes, Root } from 'hast';
import type { Page } from './page.ts';
import type { Slots } from './slots.ts';
import { excerptOf } from './excerpt.ts';

const INLINE = new Set(
  'a abbr b bdi bdo cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strong sub sup time u var wbr'.split(
    ' ',
  ),
);
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Fills in what is read: text for the search, the excerpt and the number of words. */
export function readText(page: Page) {
  return (tree: Root): void => {
    page.text = plainText(tree, page.slots);
    page.words = countWords(plainText(tree, page.slots, { code: false }));
    page.excerpt = excerptOf(firstParagraph(tree, page.slots));
  };
}

/** Text of a tree before its slots are filled: one line per block, formulas as TeX, images as their alternative text. */
export function plainText(tree: Nodes, slots: Slots, { code = true } = {}): string {
  const pieces: string[] = [];
  const write = (node: Nodes): void => {
    if (node.type === 'text') pieces.push(node.value);
    else if (node.type === 'element') writeElement(node);
    else if ('children' in node) node.children.forEach(write);
  };
  const writeElement = (element: Element): void => {
    const slot = slots.of(element);
    const isBlock = !INLINE.has(element.tagName);
    if (isBlock) pieces.push('\n');
    if (element.tagName === 'img') pieces.push(String(element.properties.alt ?? ''));
    else if (slot?.text === undefined) element.children.forEach(write);
    else if (code || !slot.code) pieces.push(slot.text);
    if (isBlock) pieces.push('\n');
  };
  write(tree);
  return pieces
    .join('')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ ?\n[ \n]*/g, '\n')
    .trim();
}

/** Words are what spaces separate; Chinese and Japanese are counted by character. */
export function countWords(text: string): number {
  const characters = text.match(CJK)?.length ?? 0;
  const words = text
    .replaceAll(CJK, ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  return characters + words.length;
}

/** The first paragraph with words in it; one that stands free is preferred to one in a list or quote. The title of a callout is none. */
function firstParagraph(tree: Root, slots: Slots): string {
  const queue: (Root | Element)[] = [tree];
  for (let parent = queue.shift(); parent; parent = queue.shift()) {
    for (const child of parent.children) {
      if (child.type !== 'element') continue;
      if (child.tagName === 'p') {
        if (slots.of(child)) continue;
        const text = plainText(child, slots);
        if (/[\p{L}\p{N}]/u.test(text) && !isOnlyImages(child)) return text;
      } else if (!/^(?:h\d|table|pre)$/.test(child.tagName)) queue.push(child);
    }
  }
  return '';
}

function isOnlyImages({ children }: Element): boolean {
  return children.every((child) =>
    child.type === 'element'
      ? child.tagName === 'img' || (child.tagName === 'a' && isOnlyImages(child))
      : child.type !== 'text' || child.value.trim() === '',
  );
}
