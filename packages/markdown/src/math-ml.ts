import type { Element, ElementContent, Properties } from 'hast';

/** MathML Core (https://www.w3.org/TR/mathml-core/) and what Temml writes beside it; nothing that links or loads. */
const ELEMENTS = new Set(
  (
    'math mrow mi mo mn ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose msub msup msubsup munder mover ' +
    'munderover mmultiscripts mprescripts mtable mtr mtd'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  (
    'className display displaystyle scriptlevel mathvariant mathcolor mathbackground mathsize stretchy fence separator form lspace ' +
    'rspace minsize maxsize symmetric largeop movablelimits accent accentunder width height depth voffset linethickness columnspan ' +
    'rowspan notation'
  ).split(' '),
);

/** Temml's inline styles, which a strict Content-Security-Policy ignores, as classes of math.css. The rest is dropped. */
const STYLES: [RegExp, string][] = [
  [/padding-left:0(?:em|pt)?;/, 'tml-start'],
  [/padding-right:0(?:em|pt)?;/, 'tml-end'],
  [/padding-left:1em/, 'tml-gap'],
  [/border-top:[^;]*solid/, 'tml-line-top'],
  [/border-bottom:[^;]*solid/, 'tml-line-bottom'],
  [/border-left:[^;]*solid/, 'tml-line-left'],
  [/border-right:[^;]*solid/, 'tml-line-right'],
  [/border:[^;]*solid/, 'tml-box'],
];

/** Keeps the elements and attributes of MathML, and turns inline styles into classes and attributes. */
export function mathMlOnly(nodes: ElementContent[]): ElementContent[] {
  return nodes.flatMap((node): ElementContent[] => {
    if (node.type === 'text') return [{ type: 'text', value: node.value }];
    if (node.type !== 'element') return [];
    const children = mathMlOnly(node.children);
    if (!ELEMENTS.has(node.tagName)) return children;
    return [{ type: 'element', tagName: node.tagName, properties: safeProperties(node), children }];
  });
}

function safeProperties({ properties }: Element): Properties {
  const safe: Properties = {};
  for (const [name, value] of Object.entries(properties)) if (ATTRIBUTES.has(name)) safe[name] = value;
  if (typeof properties.style !== 'string') return safe;

  const style = properties.style;
  const classes = STYLES.filter(([pattern]) => pattern.test(style)).map(([, className]) => className);
  if (classes.length > 0) safe.className = [...((safe.className as string[] | undefined) ?? []), ...classes];
  const colour = /(?:^|;)color:([^;]+)/.exec(style)?.[1];
  if (colour) safe.mathcolor = colour.trim();
  return safe;
}
