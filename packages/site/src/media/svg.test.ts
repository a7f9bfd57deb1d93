import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSvg, isSvg } from './svg.ts';

const svg = (inside: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg"${attributes}>\n${inside}\n</svg>`;

describe('drawings are let through', () => {
  test.each([
    svg('<g fill="none"><path d="M0 0h9"/></g><!-- note --><text x="1">a &amp; b</text>'),
    svg('<defs><linearGradient id="g"/></defs><rect fill="url(#g)"/><use href="#g" xlink:href="#g"/>'),
    svg('<style>.a { fill: url("#g") } /* plain */</style>'),
    svg('<style><![CDATA[ .a > .b { fill: red } ]]></style>'),
    svg('<image href="data:image/png;base64,AAAA"/>'),
    svg('<a href="https://example.org"><text>link</text></a>'),
    svg('<animate attributeName="opacity" to="0"/>'),
    `<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n${svg('')}`,
    readFileSync(join(import.meta.dirname, '../../sample/posts/how-i-write-here/way-of-a-text.svg'), 'utf8'),
  ])('%#', (source) => {
    expect(isSvg(Buffer.from(source))).toBe(true);
    expect(() => checkSvg(source)).not.toThrow();
  });
});

describe('what could run, load or lead elsewhere is refused with the reason', () => {
  test.each([
    ['a script', svg('<script>alert(1)</script>'), 'it has <script> (its line 2)'],
    [
      'a script by another prefix',
      svg('<x:script xmlns:x="http://www.w3.org/2000/svg"/>'),
      'it has <script>',
    ],
    ['a script in capitals', svg('<SCRIPT/>'), 'it has <script>'],
    ['an event handler', svg('', ' onload="alert(1)"'), 'it has the event handler onload'],
    ['an event handler on a new line', svg('<g\n\tonclick = "x"/>'), 'it has the event handler onclick'],
    ['foreignObject', svg('<foreignObject><p/></foreignObject>'), 'it has <foreignobject>'],
    ['a javascript: link', svg('<a href="javascript:alert(1)"/>'), 'it has a javascript: address'],
    [
      'the same in characters',
      svg('<a href="&#106;ava&#x73;cript&#58;alert(1)"/>'),
      'it has a javascript: address',
    ],
    ['the same with a line break', svg('<a href="java\nscript:alert(1)"/>'), 'it has a javascript: address'],
    [
      'an outside picture',
      svg('<image href="https://example.org/a.png"/>'),
      'it refers to https://example.org/a.png',
    ],
    ['an outside part', svg('<use xlink:href="other.svg#x"/>'), 'it refers to other.svg#x'],
    ['an SVG inside', svg('<image href="data:image/svg+xml;base64,AA"/>'), 'it refers to data:image/svg+xml'],
    ['HTML inside', svg('<use href="data:text/html,x"/>'), 'it refers to data:text/html'],
    ['an import', svg('<style>@import "https://example.org/a.css";</style>'), 'its style imports another'],
    ['an import in two pieces', svg('<style>@im<!-- -->port "x";</style>'), 'its style imports another'],
    ['an import in CDATA', svg('<style><![CDATA[@import "x";]]></style>'), 'its style imports another'],
    ['an escaped import', svg('<style>@\\69mport "x";</style>'), 'its style has an escaped character'],
    [
      'a set of pictures in a style',
      svg('<g style="mask:image-set(\'https://example.org/a.png\' 1x)"/>'),
      'its style can load or run something',
    ],
    [
      'an outside fill',
      svg('<rect fill="url(https://example.org/a#b)"/>'),
      'its style refers to https://example.org',
    ],
    [
      'an outside style',
      svg('<rect style="background: url(//example.org)"/>'),
      'its style refers to //example.org',
    ],
    ['an animated link', svg('<a><set attributeName="xlink:href" to="x"/></a>'), 'it animates xlink:href'],
    ['entities', `<!DOCTYPE svg [<!ENTITY x "y">]>${svg('&x;')}`, 'its document type declares entities'],
    ['a style sheet', `<?xml-stylesheet href="a.css"?>${svg('')}`, 'it has a processing instruction'],
    ['another encoding', `<?xml version="1.0" encoding="utf-7"?>${svg('')}`, 'its encoding is utf-7'],
    ['what is not XML', svg('<path d=1>'), 'it is not well-formed XML'],
    ['a tag that never ends', svg('<path d="'), 'it is not well-formed XML'],
  ])('%s', (_what, source, reason) => {
    expect(isSvg(Buffer.from(source)) || !source.includes('<svg')).toBe(true);
    expect(() => checkSvg(source)).toThrow(reason);
  });
});

test('a megabyte of nonsense is refused in an instant', () => {
  const start = performance.now();
  for (const nonsense of [
    ' '.repeat(1_000_000),
    '<g a="1" '.repeat(100_000),
    '<!--'.repeat(250_000),
    '&#1'.repeat(300_000),
  ]) {
    expect(() => checkSvg(`${svg(`<g ${nonsense}`)}<`)).toThrow('well-formed');
  }
  expect(performance.now() - start).toBeLessThan(2_000);
});
