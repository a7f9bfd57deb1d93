import type { Element, Root } from 'hast';
import { slug } from 'github-slugger';
import { SKIP, visitParents } from 'unist-util-visit-parents';
import { FOOTNOTE_IDS, FOOTNOTES_ID } from './footnotes.ts';
import type { Page } from './page.ts';
import { USER_PREFIX } from './sanitize.ts';
import { plainText } from './text.ts';

/** The ids of the site's article page; a fork with others passes `reservedIds`. */
const PAGE_IDS = ['text', 'contents', 'related'];
const LONGEST_ID = 96;

/**
 * Stable ids and permalinks. The page has its own `h1`: a text that has one too moves down by a level.
 * Headings inside quotes get an id, but are not part of the table of contents. Empty headings are removed.
 */
export function headings({ slots, labels, options, headings: found }: Page) {
  return (tree: Root): void => {
    const taken = new Map([FOOTNOTES_ID, ...(options.reservedIds ?? PAGE_IDS)].map((id) => [id, 0]));
    const shift = hasH1(tree) ? 1 : 0;
    visitParents(tree, 'element', (heading, ancestors) => {
      const parent = ancestors.at(-1);
      if (!/^h[1-6]$/.test(heading.tagName) || !parent) return;
      const text = plainText(heading, slots).replaceAll('\n', ' ');
      if (!text && !containsImage(heading)) {
        const index = parent.children.indexOf(heading);
        parent.children.splice(index, 1);
        return [SKIP, index];
      }
      const depth = Math.min(6, Number(heading.tagName[1]) + shift);
      const id = freeId(idFor(text), taken);
      heading.tagName = `h${depth}`;
      heading.properties.id = id;
      heading.children.push(
        permalink(
          id,
          labels.permalink.replace('{heading}', () => text),
        ),
      );
      const tagNames = ancestors.map((ancestor) => ('tagName' in ancestor ? ancestor.tagName : ''));
      if (!tagNames.includes('blockquote')) found.push({ id, text, depth });
    });
  };
}

/** GitHub's slug without hyphens at its ends. Of a heading that leaves nothing (signs, emoji) it is `section`. */
function idFor(text: string): string {
  const id = slug(text.normalize('NFC'))
    .slice(0, LONGEST_ID)
    .toWellFormed()
    .replaceAll('\uFFFD', '')
    .replaceAll(/^-+|-+$/g, '');
  if (!id) return 'section';
  return FOOTNOTE_IDS.test(id) || id.startsWith(USER_PREFIX) ? `section-${id}` : id;
}

/** `id`, `id-1`, `id-2` …; `taken` remembers the last number of each. */
function freeId(wanted: string, taken: Map<string, number>): string {
  let number = (taken.get(wanted) ?? -1) + 1;
  const id = () => (number === 0 ? wanted : `${wanted}-${number}`);
  while (taken.has(id())) number++;
  taken.set(wanted, number);
  taken.set(id(), taken.get(id()) ?? 0);
  return id();
}

function permalink(id: string, label: string): Element {
  return {
    type: 'element',
    tagName: 'a',
    properties: { className: ['anchor'], href: `#${id}`, ariaLabel: label },
    children: [{ type: 'text', value: '#' }],
  };
}

function hasH1(tree: Root): boolean {
  let found = false;
  visitParents(tree, { type: 'element', tagName: 'h1' }, () => void (found = true));
  return found;
}

function containsImage(element: Element): boolean {
  return element.children.some(
    (child) => child.type === 'element' && (child.tagName === 'img' || containsImage(child)),
  );
}
