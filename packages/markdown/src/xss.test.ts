import { describe, expect, it } from 'vitest';
import { render } from './index.ts';
import { violations } from './testing/output-rules.ts';
import { payloads } from './testing/xss-payloads.ts';

const around: [string, (payload: string) => string][] = [
  ['alone', (payload) => payload],
  ['in a paragraph', (payload) => `before ${payload} after`],
  ['in a quote', (payload) => `> ${payload.replaceAll('\n', '\n> ')}`],
  ['in a list', (payload) => `- ${payload.replaceAll('\n', '\n  ')}`],
  ['in a raw element', (payload) => `<details><summary>x</summary>\n\n${payload}\n\n</details>`],
];

describe('known attacks', () => {
  it('are many', () => expect(new Set(payloads).size).toBeGreaterThan(200));

  it.each(around)('leave nothing that runs: %s', async (_where, wrap) => {
    const found: Record<string, string[]> = {};
    for (const payload of payloads) {
      const broken = violations((await render(wrap(payload))).html);
      if (broken.length > 0) found[payload] = broken;
    }
    expect(found).toEqual({});
  });
});

describe('the judge', () => {
  it.each([
    '<script></script>',
    '<p onclick="x">',
    '<p style="x">',
    '<a href="java\nscript:x">',
    '<a href="&#1;javascript:x">',
    '<img src="data:image/png,x">',
    '<svg></svg>',
    '<input type="text">',
    '<math><mi href="x">x</mi></math>',
    '<!-- x -->',
  ])('sees %j', (html) => expect(violations(html)).not.toEqual([]));
});

describe('what a callback returns', () => {
  it('passes the wall too', async () => {
    const { html } = await render('[a](b) ![c](d)', {
      link: () => 'javascript:pwn()',
      picture: () => ({ src: 'data:text/html,x' }),
    });
    expect(html).toContain('href="b"');
    expect(html).toContain('src="d"');
  });

  it('and labels are text', async () => {
    const evil = '"><script>pwn()</script>';
    const labels = {
      note: evil,
      footnote: evil,
      backToReference: evil,
      footnotes: evil,
      permalink: evil,
      table: evil,
    };
    const { html } = await render('# x\n\n> [!NOTE]\n> x[^1]\n\n|a|\n|-|\n\n[^1]: x', { labels });
    expect(violations(html)).toEqual([]);
  });
});
