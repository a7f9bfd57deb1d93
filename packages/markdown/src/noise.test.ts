import fc from 'fast-check';
import { parseFragment, serialize } from 'parse5';
import { describe, expect, it } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { MarkdownError, render } from './index.ts';
import { violations } from './testing/output-rules.ts';
import { payloads } from './testing/xss-payloads.ts';

const pieces =
  'a b c x é 字 🎉 👨‍👩‍👧 \u202E \uD800 \0 \r \r\n \n \n\n \t * ** _ __ ~ ~~ ` ``` ~~~ # ## > - + 1. [ ] ( ) ![ ]( [^1] [^1]: [!NOTE] $ $$ | |-| : \\ ' +
  '< > & &amp; &#0; " \' <b> </b> <p> </p> <a href=x> </a> <div> </div> <table> <tr> <td> </table> <ul> <li> </ul> <pre> </pre> <h1> ' +
  '</h1> <details> <summary> <img src=x> <br> <style> </style> <svg> </svg> <math> <mtext> <select> <option> <template> <!-- --> <![CDATA[ ' +
  '<?x ?> <form> <button> <textarea> <title> <object> <dl> <dd> <dt> <ruby> <rt> <figure> <figcaption> <caption> <col> <sup> <i> <u> <s> <code> </code> ' +
  'http://x.y www.x.y a@b.c javascript:x \\frac{a}{b} \\text{ } { } {1-2} title="x" diff [!code ++]';
const fragment = fc.constantFrom(
  ...pieces.split(' '),
  ' ',
  '  ',
  '    ',
  '\n',
  '\n\n',
  '\n> ',
  '\n- ',
  '```ts\n',
  '\n```\n',
  '- [x] ',
  '![a](b "c")',
);
const noise = fc.oneof(
  { weight: 4, arbitrary: fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(fragment, fc.constantFrom(...payloads)), { maxLength: 8 })
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

/** What was found once. */
const found = [
  'a<h1>*<h1>*|',
  '$$\n```\n&#0;<aa<option>🎉',
  '<script>pwn()</script><img# <img src=x onerror=pwn()>a',
];

async function htmlOf(markdown: string): Promise<string> {
  return render(markdown).then(
    ({ html }) => html,
    (error: unknown) => {
      expect(error).toBeInstanceOf(MarkdownError);
      return '';
    },
  );
}

describe('noise', () => {
  it('stays within the allow-list, is stable when a browser reads it, and renders the same twice', async () => {
    await fc.assert(
      fc.asyncProperty(noise, async (markdown) => {
        const html = await htmlOf(markdown);
        expect(violations(html)).toEqual([]);
        expect(oneSpelling(serialize(parseFragment(html)))).toBe(oneSpelling(html));
        expect(await htmlOf(markdown)).toBe(html);
        expect(html).not.toContain('\0');
        expect(html.isWellFormed()).toBe(true);
      }),
      { ...sameEachTime(2000), examples: found.map((text): [string] => [text]) },
    );
  });
});

/** Two serialisers write the same tree: empty attributes and references differ, nothing else may. */
function oneSpelling(html: string): string {
  return html
    .replaceAll('=""', '')
    .replaceAll(/&#x([0-9a-f]+);/gi, (_reference, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&nbsp;', '\u00A0')
    .replaceAll('&amp;', '&');
}
