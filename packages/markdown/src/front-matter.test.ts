import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { FrontMatterError } from './errors.ts';
import { parseDocument, serializeDocument } from './front-matter.ts';

describe('a file', () => {
  it('splits into fields and body', () => {
    expect(parseDocument('---\ntitle: Hello\ndate: 2026-11-23\ntags: [a, b]\n---\n\n# Body\n')).toEqual({
      frontMatter: { title: 'Hello', date: '2026-11-23', tags: ['a', 'b'] },
      body: '\n# Body\n',
      bodyLine: 6,
    });
  });

  it('may have no front matter, or an empty one', () => {
    expect(parseDocument('Hello')).toEqual({ frontMatter: {}, body: 'Hello', bodyLine: 1 });
    expect(parseDocument('---\n---\nHello')).toEqual({ frontMatter: {}, body: 'Hello', bodyLine: 3 });
    expect(parseDocument('---\n# only a comment\n---')).toEqual({ frontMatter: {}, body: '', bodyLine: 4 });
    expect(parseDocument('\n---\na: b\n---\n').frontMatter).toEqual({});
    expect(parseDocument('----\na: b\n---\n').bodyLine).toBe(1);
  });

  it('may come from Windows', () => {
    expect(parseDocument('\uFEFF---\r\ntitle: Hello\r\n---\r\nBody\r\n')).toEqual({
      frontMatter: { title: 'Hello' },
      body: 'Body\n',
      bodyLine: 4,
    });
  });
});

describe('TOML, as Hugo writes it', () => {
  it('is read with dates as text and lines of the file', () => {
    const source =
      '+++\ntitle = "A"\ndate = 2019-03-04T10:00:00+02:00\nday = 2019-03-04\n[menu]\nmain = 1\n+++\nBody\n';
    expect(parseDocument(source)).toEqual({
      frontMatter: {
        title: 'A',
        date: '2019-03-04T10:00:00.000+02:00',
        day: '2019-03-04',
        menu: { main: 1 },
      },
      body: 'Body\n',
      bodyLine: 8,
    });
  });
});

describe('what is wrong', () => {
  it.each([
    [
      '+++\nx = 1\ntitle = A\n+++\n',
      'FRONT_MATTER_TOML',
      3,
      '`title = A` cannot be read as TOML.',
      'Write every field as `name = "value"`.',
    ],
    [
      '+++\ntitle = "A"\n---\n',
      'FRONT_MATTER_UNTERMINATED',
      1,
      'The front matter that starts here has no closing `+++` line.',
      'Write `+++` on a line of its own after the last field.',
    ],
    [
      '---\ntitle: x\n',
      'FRONT_MATTER_UNTERMINATED',
      1,
      'The front matter that starts here has no closing `---` line.',
      'Write `---` on a line of its own after the last field. If line 1 is meant as a rule, write `***` instead.',
    ],
    [
      '---\ntags:\n\t- a\n---\n',
      'FRONT_MATTER_TAB',
      3,
      'A tab is used for indentation, which YAML does not allow.',
      'Replace the tab with two spaces.',
    ],
    [
      '---\n- a\n- b\n---\n',
      'FRONT_MATTER_NOT_A_MAPPING',
      2,
      'The front matter is a list, not fields with values.',
      'Write every field as `name: value`, for example `title: Hello`.',
    ],
    [
      '---\nHello\n---\n',
      'FRONT_MATTER_NOT_A_MAPPING',
      2,
      'The front matter is plain text, not fields with values.',
      'Write every field as `name: value`, for example `title: Hello`.',
    ],
    [
      '---\ntitle: a\ndate: b\ntitle: c\n---\n',
      'FRONT_MATTER_DUPLICATE_KEY',
      4,
      'The field `title` is written twice.',
      'Keep one `title` and remove the other.',
    ],
    [
      '---\ntitle: Part one: the start\n---\n',
      'FRONT_MATTER_SYNTAX',
      2,
      '`title: Part one: the start` has a second colon, so it is not clear where its value starts.',
      'Put the value in quotes, for example `title: "Part one: the start"`.',
    ],
    [
      '---\n[a, b]: c\n---\n',
      'FRONT_MATTER_KEY',
      2,
      'The name of a field is not plain text.',
      'Put the name in quotes, for example `"2024": value`.',
    ],
    [
      '---\na: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n---\n',
      'FRONT_MATTER_ALIASES',
      2,
      'The front matter refers to itself too often.',
      'Write the values out instead of using `&name` and `*name`.',
    ],
  ])('is said: %j', (source, code, line, message, fix) => {
    expect(catching(() => parseDocument(source))).toMatchObject({ code, line, message, fix });
  });

  it('is said for any broken YAML, with the line', () => {
    const error = catching(() => parseDocument('---\ntitle: "open\nx: y\n---\nbody'));
    expect(error.code).toBe('FRONT_MATTER_SYNTAX');
    expect(error.line).toBeGreaterThan(1);
    expect(error.fix).toContain('name: value');
  });
});

describe('writing back', () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'yes',
        'null',
        '2026-11-23',
        '---',
        '- a',
        '# x',
        'a: b',
        '\t',
        ' x ',
        'line\nline\n',
        'it\'s "so"',
        '*a',
        '&a',
        '<<',
      ),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), tie('value'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  })).value;
  const fields = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), value, {
    maxKeys: 5,
    noNullPrototype: true,
  });
  const body = fc
    .oneof(fc.string(), fc.constantFrom('', '\n', '---', '---\nx: y\n---\n', '\n# x\n'))
    .map((text) => text.replaceAll('\r\n', '\n'));

  it('and reading again gives the same', () => {
    fc.assert(
      fc.property(fields, body, (frontMatter, text) => {
        const read = parseDocument(serializeDocument(frontMatter, text));
        expect({ frontMatter: read.frontMatter, body: read.body }).toEqual({ frontMatter, body: text });
      }),
      sameEachTime(500),
    );
  });
});

function catching(run: () => unknown): FrontMatterError {
  try {
    run();
  } catch (error) {
    if (error instanceof FrontMatterError) return error;
    throw error;
  }
  throw new Error('Nothing was wrong.');
}
