import type { DefaultTreeAdapterTypes } from 'parse5';
import { html, parseFragment } from 'parse5';

/**
 * What rendered HTML may hold, written down a second time and on purpose not taken from sanitize.ts: a hole there must not
 * open one here.
 */
const HTML = new Set(
  (
    'a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h2 h3 h4 h5 ' +
    'h6 hr i img input ins kbd label li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td ' +
    'tfoot th thead time tr u ul var wbr h1'
  ).split(' '),
);
const MATHML = new Set(
  (
    'math mrow mi mo mn ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose msub msup msubsup munder mover munderover ' +
    'mmultiscripts mprescripts mtable mtr mtd'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  (
    'alt aria-label aria-labelledby checked cite class colspan data-language datetime decoding dir disabled height href id lang loading ' +
    'open rel reversed role rowspan scope span src start tabindex title type value width ' +
    'accent accentunder columnspan depth display displaystyle fence form largeop linethickness lspace mathbackground mathcolor mathsize ' +
    'mathvariant maxsize minsize movablelimits notation rspace scriptlevel separator stretchy symmetric voffset'
  ).split(' '),
);
/** They belong to one element each. */
const OWNERS: Record<string, string> = { href: 'a', src: 'img' };
const SCHEMES: Record<string, RegExp> = {
  href: /^(?:https?|mailto|tel|xmpp|ircs?):$/,
  src: /^https?:$/,
  cite: /^https?:$/,
};

/** Every way in which rendered HTML breaks the rules, judged on the tree that a browser would build. */
export function violations(output: string): string[] {
  const found: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === '#comment' || node.nodeName === '#documentType') found.push(node.nodeName);
    if ('tagName' in node) {
      const known =
        node.namespaceURI === html.NS.HTML ? HTML : node.namespaceURI === html.NS.MATHML ? MATHML : undefined;
      if (!known?.has(node.tagName)) found.push(`<${node.tagName}> (${node.namespaceURI})`);
      for (const { name, value } of node.attrs) found.push(...attributeViolations(node.tagName, name, value));
      const type = node.attrs.find(({ name }) => name === 'type')?.value;
      if (node.tagName === 'input' && type !== 'checkbox') found.push(`<input type=${type}>`);
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parseFragment(output));
  return found;
}

function attributeViolations(tagName: string, name: string, value: string): string[] {
  if (!ATTRIBUTES.has(name) || tagName !== (OWNERS[name] ?? tagName)) return [`${name} on <${tagName}>`];
  const schemes = SCHEMES[name];
  if (!schemes) return [];
  // The address as a browser resolves it, tabs, line ends and entities included.
  const url = URL.parse(value, 'https://base.example/posts/');
  return url && !schemes.test(url.protocol) ? [`${name}="${value}" on <${tagName}>`] : [];
}
