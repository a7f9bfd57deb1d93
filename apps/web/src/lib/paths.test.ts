import { expect, test } from 'vitest';
import { pageNumber } from './paths.ts';

test('only addresses the site hands out are pages', () => {
  expect(pageNumber('2')).toBe(2);
  expect(pageNumber('10')).toBe(10);
  for (const text of ['', '0', '1', '01', '-2', '2.0', '1e3', ' 2', '99999999', 'two'])
    expect(pageNumber(text), text).toBe(null);
});
