import type { Root } from 'hast';
import type { Schema } from 'hast-util-sanitize';
import rehypeSanitize from 'rehype-sanitize';
import { visitParents } from 'unist-util-visit-parents';
import type { Page } from './page.ts';
import { LINK_URL, SOURCE_URL } from './safe-url.ts';

/** In front of ids from raw HTML, so that they meet neither ours nor the names that scripts look for. */
export const USER_PREFIX = 'user-content-';

const ELEMENTS =
  'a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 ' +
  'hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead time tr u ' +
  'ul var wbr';

/** Dropped with their content. Others that are not allowed leave their content behind. */
const DROPPED =
  'applet audio button canvas embed frame frameset iframe input marquee math noembed noframes noscript object option plaintext script ' +
  'select style svg template textarea title video xmp';

const NUMBER = /^\d{1,5}$/;
const TABLE = ['table'];

/**
 * What stands elsewhere leaves only its content, and so does a heading within a heading. A browser that reads what we write would
 * build another tree than ours: it closes the one before, where an element between the two was not allowed or was moved away.
 */
const PARENTS: Record<string, string[]> = {
  dd: ['dl'],
  dt: ['dl'],
  figcaption: ['figure'],
  li: ['ol', 'ul'],
  rp: ['ruby'],
  rt: ['ruby'],
  summary: ['details'],
};
const HEADING = /^h[1-6]$/;
const EMPTY = /^(?:br|col|hr|img|wbr)$/;

const schema: Schema = {
  tagNames: ELEMENTS.split(' '),
  strip: DROPPED.split(' '),
  ancestors: {
    caption: TABLE,
    col: TABLE,
    colgroup: TABLE,
    tbody: TABLE,
    td: TABLE,
    tfoot: TABLE,
    th: TABLE,
    thead: TABLE,
    tr: TABLE,
  },
  attributes: {
    a: [['href', LINK_URL]],
    blockquote: [['cite', SOURCE_URL]],
    col: [['span', NUMBER]],
    colgroup: [['span', NUMBER]],
    del: [['cite', SOURCE_URL], 'dateTime'],
    details: ['open'],
    img: [['src', SOURCE_URL], 'alt', ['width', NUMBER], ['height', NUMBER]],
    ins: [['cite', SOURCE_URL], 'dateTime'],
    li: [['value', /^-?\d{1,9}$/]],
    ol: [['start', /^-?\d{1,9}$/], ['type', '1', 'a', 'A', 'i', 'I'], 'reversed'],
    q: [['cite', SOURCE_URL]],
    td: [
      ['align', 'left', 'center', 'right'],
      ['colSpan', NUMBER],
      ['rowSpan', NUMBER],
    ],
    th: [
      ['align', 'left', 'center', 'right'],
      ['colSpan', NUMBER],
      ['rowSpan', NUMBER],
      ['scope', 'row', 'col', 'rowgroup', 'colgroup'],
    ],
    time: ['dateTime'],
    '*': [
      'title',
      ['dir', 'ltr', 'rtl', 'auto'],
      ['id', /^[^\s"'<>&]{1,100}$/],
      ['lang', /^[a-z]{2,8}(?:-[a-z\d]{1,8})*$/i],
    ],
  },
  clobber: ['id'],
  clobberPrefix: USER_PREFIX,
  // The patterns above decide about addresses.
  protocols: {},
  required: {},
  allowComments: false,
  allowDoctypes: false,
};

/** The wall: behind it only what is listed here is left, and places that `slots` holds for our own structure. */
export function sanitize({ slots }: Pick<Page, 'slots'>): (tree: Root) => Root {
  const everywhere = [
    ...(schema.attributes?.['*'] ?? []),
    ['dataSlot', slots.pattern] as ['dataSlot', RegExp],
  ];
  const wall = rehypeSanitize({ ...schema, attributes: { ...schema.attributes, '*': everywhere } });
  return (tree) => {
    const safe = wall(tree) as Root;
    visitParents(safe, 'element', (element, ancestors) => {
      const parent = ancestors.at(-1);
      // The parser's tree takes "img#" for an `img` with an id, and lets it have content.
      if (EMPTY.test(element.tagName) && element.children.length > 0) {
        const content = element.children.splice(0);
        parent?.children.splice(parent.children.indexOf(element) + 1, 0, ...content);
        return;
      }
      if (!parent || belongs(element.tagName, ancestors)) return;
      const index = parent.children.indexOf(element);
      parent.children.splice(index, 1, ...element.children);
      return index;
    });
    return safe;
  };
}

/** @param ancestors the outermost first, the root among them */
function belongs(name: string, ancestors: object[]): boolean {
  if (HEADING.test(name)) return !ancestors.some((ancestor) => HEADING.test(nameOf(ancestor)));
  return PARENTS[name]?.includes(nameOf(ancestors.at(-1)!)) ?? true;
}

const nameOf = (node: object): string => ('tagName' in node ? String(node.tagName) : '');
