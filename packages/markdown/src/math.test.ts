import { describe, expect, it } from 'vitest';
import { render } from './index.ts';

const html = async (markdown: string) => (await render(markdown)).html;

describe('formulas', () => {
  it('are MathML, in a line or on their own', async () => {
    expect(await html('a $x^2$ b')).toMatch(
      /^<p>a <math><msup><mi>x<\/mi><mn[^>]*>2<\/mn><\/msup><\/math> b<\/p>$/,
    );
    expect(await html('$$\nx\n$$')).toBe('<math display="block" tabindex="0"><mi>x</mi></math>');
    expect(await html('$$x$$')).toBe('<p><math display="block" tabindex="0"><mi>x</mi></math></p>');
  });

  it.each([
    'It costs $5 and $10.',
    'From $5-$10',
    'US$5 or US$6',
    '$ x $',
    'a \\$x$ b',
    '`$x$`',
    '$HOME and $PATH',
  ])('are not found in %j', async (markdown) => expect(await html(markdown)).not.toContain('<math'));

  it.each([
    '\\begin{aligned}a&=b\\\\c&=d\\end{aligned}',
    '\\begin{cases}a&b\\\\c&d\\end{cases}',
    '\\begin{array}{|c|c|}\\hline a&b\\\\\\hline\\end{array}',
    '\\boxed{x}\\cancel{y}\\overline{z}',
    '\\textcolor{red}{x}\\colorbox{yellow}{y}',
    '\\begin{pmatrix}1&2\\end{pmatrix}\\tag{1}',
    '\\Large x\\rule{1em}{2em}\\mathcal{L}\\mathbb{R}',
  ])('need no inline style: %s', async (tex) => {
    const output = await html(`$$\n${tex}\n$$`);
    expect(output).toMatch(/^<math/);
    expect(output).not.toMatch(/\sstyle=/);
  });

  it.each([
    '\\frac{',
    '\\nosuch',
    '\\href{https://x.example}{x}',
    '{'.repeat(5000),
    'x'.repeat(20_000),
    '\\def\\a{\\a\\a}\\a',
  ])('that are wrong are shown with the reason', async (tex) => {
    const output = await html(`a $${tex}$ b`);
    expect(output).toMatch(/<code class="math-error" title="[^"]+">/);
  });
});
