/**
 * The few colours of code: class → the CSS variable that holds its colour, the variable used where a design does not
 * define that one, and the TextMate scopes that get it. Later scopes of the same length win.
 */
export const CODE_CLASSES: Record<string, { variable: string; fallback?: string; scopes: string[] }> = {
  c: { variable: '--code-comment', scopes: ['comment', 'punctuation.definition.comment'] },
  k: {
    variable: '--code-keyword',
    scopes: [
      'keyword',
      'storage',
      'variable.language',
      'keyword.operator.new',
      'keyword.operator.expression',
      'keyword.operator.logical.python',
      'keyword.operator.wordlike',
      'markup.heading',
      'markup.bold',
    ],
  },
  s: {
    variable: '--code-string',
    scopes: ['string', 'punctuation.definition.string', 'markup.inline.raw', 'markup.fenced_code.block'],
  },
  f: {
    variable: '--code-function',
    scopes: ['entity.name.function', 'support.function', 'variable.function', 'markup.underline.link'],
  },
  n: {
    variable: '--code-number',
    scopes: [
      'constant.numeric',
      'constant.language',
      'constant.other',
      'constant.character',
      'support.constant',
      'keyword.other.unit',
    ],
  },
  t: {
    variable: '--code-type',
    fallback: '--code-function',
    scopes: [
      'entity.name.type',
      'entity.name.class',
      'entity.other.inherited-class',
      'support.type',
      'support.class',
    ],
  },
  g: {
    variable: '--code-tag',
    fallback: '--code-keyword',
    scopes: ['entity.name.tag', 'entity.name.section'],
  },
  a: {
    variable: '--code-attribute',
    fallback: '--code-function',
    scopes: [
      'entity.other.attribute-name',
      'support.type.property-name',
      'meta.property-name',
      'variable.other.property.css',
    ],
  },
  i: {
    variable: '--code-inserted',
    fallback: '--code-string',
    scopes: ['markup.inserted', 'punctuation.definition.inserted'],
  },
  d: {
    variable: '--code-deleted',
    fallback: '--code-keyword',
    scopes: ['markup.deleted', 'punctuation.definition.deleted'],
  },
};

/** Signs between words stay in the colour of the text. */
export const PLAIN_SCOPES = [
  'keyword.operator',
  'punctuation',
  'meta.embedded',
  'meta.template.expression',
  'string.unquoted.plain.out.yaml',
];
