import type { Element, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import type { Page } from './page.ts';
import { SOURCE_URL } from './safe-url.ts';

/** Lists images and gives them address, size and lazy loading. One whose address was refused leaves its alternative text. */
export function images({ options, images: found, sources }: Page) {
  return (tree: Root): void => {
    visit(tree, { type: 'element', tagName: 'img' }, (node, index, parent) => {
      const { properties, position } = node;
      if (!parent || index === undefined) return;
      const alt = String(properties.alt ?? '');
      if (!properties.src) {
        parent.children[index] = { type: 'text', value: alt };
        return;
      }
      const at = { line: position?.start.line ?? 0 };
      const url = String(properties.src);
      found.push({ url, ...at });
      const picture = options.picture?.(url, at);
      if (picture && SOURCE_URL.test(picture.src)) {
        const { src, width, height } = picture;
        properties.src = src;
        if (picture.sources?.length) sources.set(node, picture);
        if (width && height) Object.assign(properties, { width, height });
      }
      Object.assign(properties, { alt, loading: 'lazy', decoding: 'async' });
    });
  };
}

/** An image with a title that is alone in its paragraph becomes a figure; the title is its caption. */
export function figures() {
  return (tree: Root): void => {
    visit(tree, { type: 'element', tagName: 'p' }, (paragraph) => {
      const content = onlyChild(paragraph);
      const image = content?.tagName === 'a' ? onlyChild(content) : content;
      if (image?.tagName !== 'img' || !image.properties.title) return;
      const title = String(image.properties.title);
      delete image.properties.title;
      paragraph.tagName = 'figure';
      paragraph.children = [
        content as Element,
        {
          type: 'element',
          tagName: 'figcaption',
          properties: {},
          children: [{ type: 'text', value: title }],
        },
      ];
    });
  };
}

/** Browsers take the first copy of an image that they know, in the size that they need. */
export function pictures({ sources }: Page) {
  return (tree: Root): void => {
    visit(tree, { type: 'element', tagName: 'img' }, (image, index, parent) => {
      const picture = sources.get(image);
      if (!picture || !parent || index === undefined) return;
      const copies = picture.sources!.map(({ type, srcset }): Element => ({
        type: 'element',
        tagName: 'source',
        properties: { type, srcSet: srcset, sizes: picture.sizes },
        children: [],
      }));
      parent.children[index] = {
        type: 'element',
        tagName: 'picture',
        properties: {},
        children: [...copies, image],
      };
      return [SKIP, index + 1];
    });
  };
}

function onlyChild({ children }: Element): Element | undefined {
  const visible = children.filter((child) => child.type !== 'text' || child.value.trim() !== '');
  return visible.length === 1 && visible[0]?.type === 'element' ? visible[0] : undefined;
}
