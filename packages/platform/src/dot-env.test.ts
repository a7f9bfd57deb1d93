import { expect, test } from 'vitest';
import { notAssignments } from './dot-env.ts';

test.each([
  ['A=1\n\n# words\nexport B = x\nC="two\nlines"\nD=', []],
  ['A=1\nB: 2\nC\n', [2, 3]],
  ['\uFEFFA=1\nB=2', [1]],
  ['A="it\nis"\nnot this\r\nE=\'x\'', [3]],
])('lines of .env that are no assignments: %j', (text, lines) => {
  expect(notAssignments(text)).toEqual(lines);
});
