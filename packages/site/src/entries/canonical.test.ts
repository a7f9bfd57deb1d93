import { expect, test } from 'vitest';
import { canonicalOf } from './canonical.ts';

test.each([
  [{ canonical: 'https://elsewhere.example/a' }, 'https://elsewhere.example/a'],
  [{ canonical_url: 'http://elsewhere.example' }, 'http://elsewhere.example/'],
  [{ canonicalURL: 'https://elsewhere.example/ä b' }, 'https://elsewhere.example/%C3%A4%20b'],
  [{ canonical: '', canonicalUrl: 'https://elsewhere.example/b' }, 'https://elsewhere.example/b'],
  [{ canonical: '/posts/a' }, null],
  [{ canonical: 'javascript:alert(1)' }, null],
  [{ canonical: ['https://a.example', 'b'] }, null],
  [{ canonical: true }, null],
  [{}, null],
])('%j → %s', (frontMatter, url) => {
  expect(canonicalOf(frontMatter)).toBe(url);
});
