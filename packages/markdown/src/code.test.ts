import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codeCss } from './code-css.ts';
import { readCodeMeta } from './code-meta.ts';
import { render } from './index.ts';

const html = async (markdown: string) => (await render(markdown)).html;
const fence = (info: string, code: string) => `\`\`\`\`${info}\n${code}\n\`\`\`\``;

describe('a fence', () => {
  it('becomes a figure with title, lines and classes', async () => {
    expect(await html(fence('ts title="app.ts" {2}', 'const a = 1;\nf("x");'))).toBe(
      '<figure class="code" data-language="ts"><figcaption>app.ts</figcaption><pre tabindex="0"><code>' +
        '<span class="line"><span class="k">const</span> a = <span class="n">1</span>;</span>\n' +
        '<span class="line highlighted"><span class="f">f</span>(<span class="s">"x"</span>);</span>' +
        '</code></pre></figure>',
    );
  });

  it.each(['', 'nosuchlanguage', '__proto__', 'constructor'])(
    'in the language %j is plain text',
    async (language) => {
      const output = await html(fence(language, 'if (x) <b>'));
      expect(output).toContain('<span class="line">if (x) &lt;b></span>');
    },
  );

  it.each([
    'js',
    'ts',
    'tsx',
    'svelte',
    'json',
    'yaml',
    'bash',
    'sh',
    'sql',
    'css',
    'html',
    'python',
    'rust',
    'go',
    'dockerfile',
    'nginx',
    'toml',
    'diff',
    'hcl',
    'md',
  ])(
    'in %s is coloured',
    async (language) => {
      const code =
        '# x\n- name: "y"\n+ a = 1\nFROM x\nserver { listen 80; }\nconst fn = () => "z"; // c\n<p class="q">text</p>\nselect 1;\necho "$HOME"';
      expect(await html(fence(language, code))).toMatch(/<span class="[cksfntgaid]">/);
    },
    30_000,
  );

  it('that is very long is not coloured', async () => {
    const output = await html(fence('ts', 'const a = 1;\n'.repeat(17_000)));
    expect(output).toContain('<pre tabindex="0"><code>const a');
    expect(output).not.toContain('<span');
  });

  it('has no inline style', async () =>
    expect(await html(fence('ts', 'const a = /x/g'))).not.toMatch(/\sstyle=/));
});

describe('marks', () => {
  const lines = async (info: string, code: string) =>
    [...(await html(fence(info, code))).matchAll(/<span class="(line[^"]*)">(.*)<\/span>/g)].map(
      ([, name, text]) => [name, text],
    );

  it('come from comments, which go', async () => {
    const code =
      'a // [!code ++]\nb # [!code --]\n<c> <!-- [!code highlight] -->\nd /* [!code hl:2] */\ne\nf';
    expect(await lines('', code)).toEqual([
      ['line added', 'a'],
      ['line removed', 'b'],
      ['line highlighted', '&lt;c>'],
      ['line highlighted', 'd'],
      ['line highlighted', 'e'],
      ['line', 'f'],
    ]);
  });

  it('come from signs where the fence says diff', async () => {
    expect(await lines('nosuch diff', '-old\n+new\n same\nno space')).toEqual([
      ['line removed', 'old'],
      ['line added', 'new'],
      ['line', 'same'],
      ['line', 'no space'],
    ]);
    expect(await html(fence('nosuch diff', '+a'))).toContain('<figure class="code diff"');
  });
});

describe('the info string', () => {
  it.each([
    ['ts', '', { language: 'ts', title: '', lines: [], diff: false }],
    ['ts{2}', '', { language: 'ts', title: '', lines: [2], diff: false }],
    ['ts', '{2,4-6}', { language: 'ts', title: '', lines: [2, 4, 5, 6], diff: false }],
    ['ts', "title='a b.ts' diff {1}", { language: 'ts', title: 'a b.ts', lines: [1], diff: true }],
    ['ts', 'title=a.ts', { language: 'ts', title: 'a.ts', lines: [], diff: false }],
    ['ts', 'title="diff {3}"', { language: 'ts', title: 'diff {3}', lines: [], diff: false }],
    ['ts', '{9-1,x,,-}', { language: 'ts', title: '', lines: [], diff: false }],
    ['', '{1}', { language: '', title: '', lines: [1], diff: false }],
  ])('%s %s', (lang, meta, expected) => {
    const { highlighted, ...rest } = readCodeMeta(lang, meta);
    expect({ ...rest, lines: [...highlighted] }).toEqual(expected);
  });

  it('cannot ask for endless lines', () =>
    expect(readCodeMeta('ts', '{1-999999999999}').highlighted.size).toBeLessThan(200_000));
});

describe('code.css', () => {
  const css = readFileSync(new URL('code.css', import.meta.url), 'utf8');

  it('is what scripts/write-code-css.ts writes', () => expect(css).toBe(codeCss()));
  it('is small', () => expect(brotliCompressSync(css).length).toBeLessThan(1200));
});

it('is coloured the same, whatever was coloured before', async () => {
  const markdown = fence('markdown', '# A <b>word</b>\n\n```js\nconst a = 1;\n```');
  const before = await html(markdown);
  await html(fence('html', '<b>'));
  await html(fence('js', '1'));
  await html(fence('svelte', '{#if a}{/if}'));
  expect(await html(markdown)).toBe(before);
});
