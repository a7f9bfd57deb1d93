import { expect, test } from 'vitest';
import { slugify } from './slug.ts';

test.each([
  ['Hello, World', 'hello-world'],
  ['C++', 'c-plus-plus'],
  ['C#', 'c-sharp'],
  ['C', 'c'],
  ["Don't stop", 'dont-stop'],
  ['  --a--  ', 'a'],
  ['Blåbær og kål', 'blåbær-og-kål'],
  ['e\u0301te\u0301', 'été'],
  ['日本語 テスト', '日本語-テスト'],
  ['מסע', 'מסע'],
  ['🛶', ''],
  ['../../etc', 'etc'],
  [`${'x'.repeat(119)} y`, 'x'.repeat(119)],
])('%j becomes %j', (text, slug) => {
  expect(slugify(text)).toBe(slug);
});
