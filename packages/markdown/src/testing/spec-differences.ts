export type Reason = keyof typeof reasons;
export type Difference = { example: number; reason: Reason };

export const reasons = {
  'bare addresses': 'GFM makes links of bare addresses and e-mails; CommonMark does not.',
  'other scheme':
    'Only http, https, mailto, tel, xmpp and irc addresses are kept; `localhost:` reads as a scheme.',
  'unknown element': 'An element that is not on the allow-list leaves only its content.',
  'active element': 'Scripts, styles, form fields and the like are dropped with their content.',
  comment: 'Comments, processing instructions, declarations and CDATA are dropped.',
  'class or id':
    'Classes from raw HTML are dropped and ids prefixed; the language of code is set again behind the wall.',
  'attribute of raw HTML': 'Attributes that are not on the allow-list are dropped.',
  'line end after pre':
    'HTML parsing takes the first line end of a `pre`; in the real pipeline code passes the wall outside the HTML.',
  'task list':
    'Written with classes by the parser; the real pipeline builds labelled checkboxes behind the wall.',
  ftp: 'Bare ftp addresses are not linked: browsers no longer open them.',
  'disallowed HTML': 'GFM escapes nine elements. We do not escape: the wall drops them, which is stricter.',
} as const;

const list = (reason: Reason, ...examples: number[]): Difference[] =>
  examples.map((example) => ({ example, reason }));

/** Where the parser alone differs from CommonMark's examples. */
export const parserDifferences = list('bare addresses', 602, 606, 608, 611, 612);

/** What raw HTML parsing and the wall change on top of that. */
export const wallDifferences = [
  ...parserDifferences,
  ...list('class or id', 24, 34, 142, 143, 144, 146, 152, 153, 154, 164),
  ...list('line end after pre', 127),
  ...list('unknown element', 150, 163, 201, 491, 524, 536, 613, 614, 615, 617),
  ...list('attribute of raw HTML', 169, 616),
  ...list('active element', 170, 171, 172, 173, 176, 178),
  ...list('comment', 177, 179, 180, 182, 183, 308, 309, 625, 626, 627, 628, 629),
  ...list('other scheme', 500, 598, 599, 601),
];

/** Where we differ from GFM's examples; the wall changes nothing more. */
export const gfmDifferences = [
  ...list('task list', 279, 280),
  ...list('ftp', 628),
  ...list('disallowed HTML', 652),
];
