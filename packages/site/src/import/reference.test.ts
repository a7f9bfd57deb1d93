import { describe, expect, test } from 'vitest';
import { mayReferToFiles, readReference } from './reference.ts';

describe('a reference', () => {
  test.each([
    ['a.png', 'posts/x/a.png', 'a.png'],
    ['./img/a%20b.png', 'posts/x/img/a b.png', 'a b.png'],
    ['../a.png?v=2#top', 'posts/a.png', 'a.png'],
    ['../../a.png', 'a.png', 'a.png'],
    ['100%.png', 'posts/x/100%.png', '100%.png'],
    ['a%23b%3Fc.png', 'posts/x/a#b?c.png', 'a#b?c.png'],
  ])('%s is the file %s', (url, file, name) => {
    expect(readReference('posts/x/index.md', url)).toEqual({ kind: 'file', candidates: [file], name });
  });

  test.each(['/img/a.png', '~/img/a.png', '@/img/a.png', '/x/../img/a.png?v=1'])(
    '%s counts from the top',
    (url) => {
      const reference = readReference('posts/x/index.md', url);
      expect(reference).toMatchObject({ kind: 'file', name: 'a.png' });
      expect(reference.kind === 'file' && reference.candidates).toEqual(
        expect.arrayContaining(['static/img/a.png', 'public/img/a.png', 'src/img/a.png', 'img/a.png']),
      );
    },
  );

  test.each([
    '',
    'https://example.org/a.png',
    '//example.org/a.png',
    '#part',
    '?q',
    'data:image/png;base64,x',
    'mailto:a@b.c',
    'C:\\a.png',
  ])('%j is no file of the folder', (url) => {
    expect(readReference('posts/x/index.md', url)).toEqual({ kind: 'elsewhere' });
  });

  test.each(['../../../etc/passwd', '..%2f..%2f..%2fetc/passwd', '../../..', 'a\0.png', 'a%00.png'])(
    '%j is refused',
    (url) => {
      expect(readReference('posts/x/index.md', url).kind).toBe('refused');
    },
  );
});

describe('mayReferToFiles', () => {
  test.each([
    '![a](a.png)',
    '[a](a.pdf)',
    '[a](\n  <a b.png>)',
    "![a](<'a'.png>)",
    '![a][b]\n\n[b]: a.png',
    '> [b]: <a.png>',
    '[f\\]o]: a.png',
    '<img alt="" src="a.png">',
    "<a HREF = 'a.png'>",
    '<img src=a.png>',
    '[^n]: See ![a](a.png)',
    '![a](&#97;.png)',
  ])('yes: %j', (body) => {
    expect(mayReferToFiles(body)).toBe(true);
  });

  test.each([
    'Only words (and more).',
    '[a](https://example.org) [c](#part) [d](mailto:a@b.c)',
    '[a](<https://example.org>)',
    '[a]: https://example.org\n[^note]: Words: more words.',
    '<a href="https://example.org">x</a>',
    '- [x] done',
  ])('no: %j', (body) => {
    expect(mayReferToFiles(body)).toBe(false);
  });
});
