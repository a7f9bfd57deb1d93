import { describe, expect, it } from 'vitest';
import { refuseHugeText } from './depth.ts';
import { MarkdownError, render } from './index.ts';

const html = async (markdown: string) => (await render(markdown)).html;

describe('headings', () => {
  const ids = async (markdown: string) => (await render(markdown)).headings.map(({ id }) => id);

  it('get an id, a permalink and a place in the table of contents', async () => {
    const { html, headings } = await render('## Hello *world*');
    expect(headings).toEqual([{ id: 'hello-world', text: 'Hello world', depth: 2 }]);
    expect(html).toBe(
      '<h2 id="hello-world">Hello <em>world</em>' +
        '<a class="anchor" href="#hello-world" aria-label="Permalink: Hello world">#</a></h2>',
    );
  });

  it('are numbered when they repeat, also around each other', async () => {
    expect(await ids('## A\n## A\n## A 1\n## A')).toEqual(['a', 'a-1', 'a-1-1', 'a-2']);
  });

  it('have usable ids in every script', async () => {
    expect(await ids('## Привет, мир\n## 日本語の見出し\n## 🎉 Launch day\n## 🎉\n## !!!\n## مرحبا')).toEqual(
      ['привет-мир', '日本語の見出し', 'launch-day', 'section', 'section-1', 'مرحبا'],
    );
  });

  it('never take an id of the page, of a footnote or of raw HTML', async () => {
    expect(await ids('## Text\n## Contents\n## Footnotes\n## fn-1\n## user-content-x')).toEqual([
      'text-1',
      'contents-1',
      'footnotes-1',
      'section-fn-1',
      'section-user-content-x',
    ]);
    const { headings } = await render('## Main', { reservedIds: ['main'] });
    expect(headings[0]?.id).toBe('main-1');
  });

  it('move down together when the text has an h1', async () => {
    const { headings } = await render('# One\n## Two\n###### Six\n\n<h1>Raw</h1>');
    expect(headings.map(({ depth }) => depth)).toEqual([2, 3, 6, 2]);
  });

  it('are left out of the contents inside a quote, and removed when empty', async () => {
    const { headings, html } = await render('> ## Quoted\n\n##\n\n## Real');
    expect(headings.map(({ text }) => text)).toEqual(['Real']);
    expect(html.match(/<h2/g)).toHaveLength(2);
  });
});

describe('callouts', () => {
  it.each(['NOTE', 'TIP', 'IMPORTANT', 'WARNING', 'CAUTION', 'note'])('%s', async (kind) => {
    const name = kind.toLowerCase();
    const title = (name[0] as string).toUpperCase() + name.slice(1);
    expect(await html(`> [!${kind}]\n> Body`)).toBe(
      `<aside class="callout ${name}" role="note">\n<p class="title">${title}</p>\n<p>Body</p>\n</aside>`,
    );
  });

  it('take a title of their own and keep what is nested', async () => {
    const output = await html('> [!TIP] Use `npm ci`\n> - one\n>\n> > [!NOTE]\n> > inner');
    expect(output).toContain('<p class="title">Use <code>npm ci</code></p>');
    expect(output).toContain('<p>one</p>');
    expect(output).toContain('<aside class="callout note" role="note">');
  });

  it('are plain quotes otherwise', async () => {
    for (const markdown of ['> [!OTHER]\n> x', '> a [!NOTE]', '> [!NOTE]x', '> \\[!NOTE]\n> x']) {
      expect(await html(markdown)).toContain('<blockquote>');
    }
  });

  it('speak the language of the fork', async () => {
    const { html } = await render('> [!NOTE]\n> x', { labels: { note: 'Merk' } });
    expect(html).toContain('<p class="title">Merk</p>');
  });
});

describe('images', () => {
  it('alone with a title are figures', async () => {
    expect(await html('![A *cat*](cat.png "The cat")')).toBe(
      '<figure><img src="cat.png" alt="A cat" loading="lazy" decoding="async"><figcaption>The cat</figcaption></figure>',
    );
    expect(await html('[![A](a.png "B")](https://x.example)')).toContain(
      '<figure><a href="https://x.example"',
    );
  });

  it('in a line, or without a title, are not', async () => {
    expect(await html('See ![a](a.png "T")')).toContain('<p>See <img src="a.png" alt="a" title="T"');
    expect(await html('![a](a.png)')).toMatch(/^<p><img/);
  });

  it('are asked for, with their line', async () => {
    const asked: [string, number][] = [];
    const { html, images } = await render(
      'x\n\n![a](a.png)\n\n<img src="b.png">\n\n<p>\n<img src="c.png"></p>',
      {
        picture: (url, { line }) => {
          asked.push([url, line]);
          return url === 'a.png'
            ? {
                src: '/m/a.jpg',
                width: 20,
                height: 10,
                sources: [
                  { type: 'image/avif', srcset: '/m/10/a.avif 10w, /m/20/a.avif 20w' },
                  { type: 'image/webp', srcset: '/m/10/a.webp 10w' },
                ],
                sizes: '20px',
              }
            : undefined;
        },
      },
    );
    expect(asked).toEqual([
      ['a.png', 3],
      ['b.png', 5],
      ['c.png', 8],
    ]);
    expect(images.map(({ url, line }) => [url, line])).toEqual(asked);
    expect(html).toContain(
      '<picture><source type="image/avif" srcset="/m/10/a.avif 10w, /m/20/a.avif 20w" sizes="20px">' +
        '<source type="image/webp" srcset="/m/10/a.webp 10w" sizes="20px">' +
        '<img src="/m/a.jpg" alt="a" width="20" height="10" loading="lazy" decoding="async"></picture>',
    );
    expect(html).toContain('<img src="b.png" alt="" loading="lazy" decoding="async">');
  });
});

describe('links', () => {
  it('are asked for, with their line, and marked when they leave', async () => {
    const { html, links } = await render(
      '[a](other.md)\n\n<a href="https://x.example">x</a> <https://y.example>',
      {
        link: (url) => (url === 'other.md' ? '/posts/other' : undefined),
      },
    );
    expect(links).toEqual([
      { url: 'other.md', line: 1 },
      { url: 'https://x.example', line: 3 },
      { url: 'https://y.example', line: 3 },
    ]);
    expect(html).toContain('<a href="/posts/other">a</a>');
    expect(html).toContain('<a href="https://x.example" rel="noopener">x</a>');
    expect(html).not.toContain('target');
  });

  it('reach ids from raw HTML', async () => {
    expect(await html('<b id="x">x</b> <i id="x">y</i> [go](#x)')).toBe(
      '<p><b id="user-content-x">x</b> <i>y</i> <a href="#user-content-x">go</a></p>',
    );
  });

  it('never stand in one another', async () => {
    const output = await html('[a[^1]b](https://x.example)\n\n<a href="/y">\n\n## T\n\n</a>\n\n[^1]: n');
    expect(output).toContain('<sup><span id="fnref-1">1</span></sup>');
    expect(output).not.toMatch(/<a[^>]*>(?:(?!<\/a>).)*<a /s);
  });
});

describe('footnotes', () => {
  it('are numbered as mentioned and link both ways', async () => {
    const output = await html('a[^z] b[^y] c[^z]\n\n[^y]: Y\n[^z]: Z\n[^unused]: never');
    expect(output).toContain(
      '<sup><a href="#fn-1" id="fnref-1" role="doc-noteref" aria-label="Footnote 1">1</a></sup>',
    );
    expect(output).toContain(
      '<section class="footnotes" role="doc-endnotes" aria-labelledby="footnotes"><h2 id="footnotes">',
    );
    expect(output).toContain(
      '<a href="#fnref-1-2" class="backref" role="doc-backlink" aria-label="Back to reference 1-2">',
    );
    expect(output.indexOf('>\n<p>Z')).toBeLessThan(output.indexOf('>\n<p>Y'));
    expect(output).not.toContain('never');
  });

  it('may mention footnotes, themselves included', async () => {
    const output = await html('a[^1]\n\n[^1]: one[^2] [^1]\n[^2]: two');
    expect(output.match(/<li id="fn-\d"/g)).toHaveLength(2);
    expect(output).toContain('href="#fnref-1-2"');
  });
});

describe('lists of tasks and tables', () => {
  it('label their checkboxes', async () => {
    const output = await html('- [x] done\n- [ ] to *do*\n\n  more');
    expect(output).toContain(
      '<li class="task">\n<p><label><input type="checkbox" checked disabled> done</label></p>',
    );
    expect(output).toContain(
      '<label><input type="checkbox" disabled> to <em>do</em></label></p>\n<p>more</p>',
    );
  });

  it('scroll inside themselves and align by class', async () => {
    const output = await html(
      '| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n\n<table><tr><td align=right>x</table>',
    );
    expect(output).toContain('<div class="table" role="region" tabindex="0" aria-label="Table 1"><table>');
    expect(output).toContain('<th scope="col" class="left">a</th>\n<th scope="col" class="center">b</th>\n');
    expect(output).toContain('aria-label="Table 2"><table><tbody><tr><td class="right">x');
    expect(output).not.toContain('align=');
  });

  it('have no header without a word', async () => {
    const output = await html('| | a |\n|---|---|\n| 1 | 2 |');
    expect(output).toContain('<tr>\n<td></td>\n<th scope="col">a</th>\n</tr>');
  });
});

describe('any text', () => {
  it('from Windows is the same as from here', async () => {
    const text = '# A\n\n> [!NOTE]\n> x\n\n```ts {1}\nlet a\nlet b\n```\n\n| a |\n|---|\n| b |\n';
    expect(await render(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(await render(text));
  });

  it('may hold NUL and half characters', async () => {
    const rendered = await render('a\0b \uD83D c `\0`\n\n```\n\0\uDC00\n```');
    for (const text of [rendered.html, rendered.text, rendered.excerpt]) {
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\0');
    }
  });

  it('may be empty or run from right to left', async () => {
    expect(await render('')).toMatchObject({
      html: '',
      headings: [],
      excerpt: '',
      text: '',
      words: 0,
      readingMinutes: 1,
    });
    expect(await html('<p dir="rtl">שלום עולם</p>')).toBe('<p dir="rtl">שלום עולם</p>');
  });
});

describe('limits', () => {
  it.each([
    ['quotes', `${'>'.repeat(10_000)} a`, 'MARKDOWN_TOO_DEEP'],
    ['lists', `${'- '.repeat(10_000)}a`, 'MARKDOWN_TOO_DEEP'],
    [
      'indented lists',
      Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n'),
      'MARKDOWN_TOO_DEEP',
    ],
    ['open brackets', '['.repeat(10_000), 'MARKDOWN_TOO_DEEP'],
    ['images in images', '!['.repeat(10_000) + 'a' + '](b)'.repeat(10_000), 'MARKDOWN_TOO_DEEP'],
    ['emphasis', '*a **b '.repeat(10_000), 'MARKDOWN_TOO_DEEP'],
    ['one long run of signs', `${'_'.repeat(50_000)}a${'_'.repeat(50_000)}`, 'MARKDOWN_TOO_DEEP'],
    ['raw elements', '<div>'.repeat(10_000), 'MARKDOWN_TOO_DEEP'],
    ['raw elements with wrong ends', '<div></b>'.repeat(10_000), 'MARKDOWN_TOO_DEEP'],
    ['three megabytes', 'Lorem ipsum dolor. '.repeat(160_000), 'MARKDOWN_TOO_LARGE'],
  ])('%s are refused with a reason', async (_name, markdown, code) => {
    const error = await render(markdown).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(MarkdownError);
    expect(error).toMatchObject({ code, fix: expect.stringMatching(/\.$/) as string });
  });

  it.each([
    ['a novel', 'Lorem *ipsum* dolor [sit](/amet).\n\n'.repeat(14_000)],
    ['one paragraph', 'Lorem ipsum dolor. '.repeat(26_000)],
    ['headings that repeat', '# a\n'.repeat(5000)],
    ['links', '[a]('.repeat(10_000)],
    ['dollars', '$a '.repeat(30_000)],
    ['signs', '<&"\''.repeat(10_000)],
    ['paragraphs without end tags', '<p>x'.repeat(5000)],
    [
      'footnotes',
      Array.from({ length: 500 }, (_, n) => `[^${n}]`).join(' ') +
        '\n\n' +
        Array.from({ length: 500 }, (_, n) => `[^${n}]: x`).join('\n'),
    ],
  ])(
    '%s are not',
    async (_name, markdown) => {
      expect((await render(markdown)).html).not.toBe('');
    },
    60_000,
  );

  it('a text that needs more memory than there is is refused, not tried', () => {
    const novel = 'Lorem ipsum dolor.\n\n'.repeat(20_000);
    expect(() => refuseHugeText(novel, 4e9)).not.toThrow();
    expect(() => refuseHugeText(novel, 256e6)).toThrow(
      'The text has 400000 characters in 40001 lines. Rendering it needs 481 MB of memory; this process can use 205 MB.',
    );
  });

  it('names the line', async () => {
    await expect(render(`a\n\nb ${'['.repeat(500)}`)).rejects.toMatchObject({ line: 3 });
    await expect(render(`a\n\n${'> '.repeat(500)}`)).rejects.toMatchObject({ line: 3 });
  });
});
