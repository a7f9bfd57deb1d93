// @ts-expect-error: the package has no types
import spec from 'commonmark-spec';
import { parseFragment, serialize } from 'parse5';
import { describe, expect, it } from 'vitest';
import gfm from './testing/gfm-examples.json' with { type: 'json' };
import { toPlainHtml } from './testing/plain-html.ts';
import type { Difference } from './testing/spec-differences.ts';
import { gfmDifferences, parserDifferences, wallDifferences } from './testing/spec-differences.ts';

type Example = { number: number; markdown: string; html: string };

const commonmark = spec as { tests: Example[] };

describe.each([
  ['CommonMark 0.31.2, the parser', commonmark.tests, 652, false, parserDifferences],
  ['CommonMark 0.31.2, behind the wall', commonmark.tests, 652, true, wallDifferences],
  ['GFM 0.29, the parser', gfm.examples, 24, false, gfmDifferences],
  ['GFM 0.29, behind the wall', gfm.examples, 24, true, gfmDifferences],
] satisfies [string, Example[], number, boolean, Difference[]][])(
  '%s',
  (_name, examples, count, sanitized, known) => {
    it('has every example', () => expect(examples).toHaveLength(count));

    it('differs in the listed examples and in no other', () => {
      const different = examples.filter(({ markdown, html }) => {
        const ours = toPlainHtml(withTabs(markdown), { sanitized });
        return normalized(ours) !== normalized(withTabs(html));
      });
      expect(different.map(({ number }) => number)).toEqual(
        known.map(({ example }) => example).toSorted((a, b) => a - b),
      );
    });
  },
);

/** The specification writes tabs as arrows. */
const withTabs = (text: string) => text.replaceAll('→', '\t');

/** One spelling for the same tree; white space between elements does not count. */
const normalized = (html: string) => serialize(parseFragment(html.trim())).replaceAll(/>\s+</g, '><').trim();
