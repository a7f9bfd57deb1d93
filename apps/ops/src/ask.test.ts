import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ask } from './ask.ts';

test.each([
  ['y\n', true],
  ['YES\n', true],
  [' y \n', true],
  ['n\n', false],
  ['\n', false],
  ['yep\n', false],
  ['', false],
])('%j means %s', async (typed, yes) => {
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(typed);
  expect(await ask('Remove it?', input, output)).toBe(yes);
  expect(String(output.read())).toContain('Remove it? (y/N) ');
});
