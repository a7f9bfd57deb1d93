import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const known = ['import', 'export', 'migrate', 'doctor', 'serve'];

test.each([
  ['imprt', 'import'],
  ['ipmort', 'import'],
  ['EXPORT', 'export'],
  ['doktor', 'doctor'],
  ['migration', 'migrate'],
])('%s is near %s', (word, near) => {
  expect(suggest(word, known)).toBe(near);
});

test.each(['', 'x', 'backup', 'restore'])('nothing is near "%s"', (word) => {
  expect(suggest(word, known)).toBeUndefined();
});

test('the nearest of several wins, and the first of equals', () => {
  expect(suggest('titel', ['tile', 'title'])).toBe('title');
  expect(suggest('cat', ['bat', 'hat'])).toBe('bat');
  expect(suggest('anything', [])).toBeUndefined();
});
