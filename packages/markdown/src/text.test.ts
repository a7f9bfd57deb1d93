import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { excerptOf } from './excerpt.ts';
import { render } from './index.ts';
import { countWords } from './text.ts';

describe('the excerpt', () => {
  const excerpt = async (markdown: string) => (await render(markdown)).excerpt;

  it('is the first real paragraph, without markup', async () => {
    expect(
      await excerpt(
        '# Title\n\n![a](b.png)\n\n```js\ncode\n```\n\nThe *first* [words](/x) of `it` $x$[^1].\n\nMore\n\n[^1]: n',
      ),
    ).toBe('The first words of it x.');
  });

  it('comes from a list or quote when there is nothing else', async () => {
    expect(await excerpt('> Quoted words')).toBe('Quoted words');
    expect(await excerpt('> [!NOTE] Title\n> Words')).toBe('Words');
    expect(await excerpt('## Only a heading')).toBe('');
  });

  it('ends between words', () => {
    const short = excerptOf('word '.repeat(100));
    expect(short).toMatch(/word…$/);
    expect(short.length).toBeLessThanOrEqual(200);
    expect(short.length).toBeGreaterThan(180);
  });

  it('never cuts a grapheme', () => {
    const family = '👨‍👩‍👧‍👦';
    const cut = excerptOf(family.repeat(50)).slice(0, -1);
    expect(cut.replaceAll(family, '')).toBe('');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 150, maxLength: 600 }), (text) => {
        const result = excerptOf(text);
        expect(result.length).toBeLessThanOrEqual(Math.max(200, result === text ? text.length : 200));
        expect(result.isWellFormed()).toBe(text.isWellFormed());
      }),
      sameEachTime(),
    );
  });
});

describe('the text', () => {
  it('is everything that can be read, code included', async () => {
    const { text } = await render(
      '# A\n\nb *c*[^1] ![d](e.png)\n\n```js\nf // [!code ++]\n```\n\n| g |\n|---|\n| h |\n\n$i$ <b>j</b>\n\n[^1]: k',
    );
    expect(text).toBe('A\nb c d\nf\ng\nh\ni j\nk');
  });
});

describe('words', () => {
  it.each([
    ['one two, three - four', 4],
    ['日本語 text', 4],
    ['カタカナ', 4],
    ['안녕 세계', 2],
    ['it’s 3.14', 2],
    ['', 0],
  ])('of %j are %i', (text, count) => expect(countWords(text)).toBe(count));

  it('make minutes; code does not count', async () => {
    expect((await render('word '.repeat(221))).readingMinutes).toBe(2);
    expect(await render(`a b\n\n\`\`\`\n${'x '.repeat(500)}\n\`\`\``)).toMatchObject({
      words: 2,
      readingMinutes: 1,
    });
  });
});
