import { expect, test } from 'vitest';
import { mapAddresses } from './addresses.ts';

const upper = (url: string): string | undefined => (url.startsWith('x') ? `/new/${url}` : undefined);

test.each([
  ['[a](x.md)', '[a](/new/x.md)'],
  ['[a *b*](<x.md> "T") and ![p](x.png)', '[a *b*](</new/x.md> "T") and ![p](/new/x.png)'],
  ['[a][r]\n\n[r]: x.md (T)\n', '[a][r]\n\n[r]: /new/x.md (T)\n'],
  ['> - [a](x.md#part)\n\n[b](y.md)', '> - [a](/new/x.md#part)\n\n[b](y.md)'],
  ['`[a](x.md)`\n\n    [a](x.md)\n\n```\n[a](x.md)\n```\n\\[a](x.md)', null],
  [
    '<p><a class="k" href="x.md">A</a> <a href=\'y\'>B</a></p>',
    '<p><a class="k" href="/new/x.md">A</a> <a href=\'y\'>B</a></p>',
  ],
  ['| [a](x.md) |\n|---|\n| [b](x.md) |', '| [a](/new/x.md) |\n|---|\n| [b](/new/x.md) |'],
  ['[^1]\n\n[^1]: See [a](x.md).', '[^1]\n\n[^1]: See [a](/new/x.md).'],
])('%j', (before, after) => {
  expect(mapAddresses(before, upper)).toBe(after ?? before);
});

test('says the decoded address and its line', () => {
  const seen: unknown[] = [];
  mapAddresses('a\n\n[b](x&amp;y.md) [c](d\\_e)\n\n<b>\n<a href="f">g</a>\n</b>', (url, { line }) => {
    seen.push([url, line]);
    return undefined;
  });
  expect(seen).toEqual([
    ['x&y.md', 3],
    ['d_e', 3],
    ['f', 6],
  ]);
});
