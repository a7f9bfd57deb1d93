/** What ends soon is told by how much of its life is left. */
import { expect, test } from 'vitest';
import { requireLife } from './lives.ts';

const DAY_MS = 86_400_000;
const certificate = { validFromDate: new Date(0), validToDate: new Date(100 * DAY_MS) };
const at = (day: number): string =>
  requireLife('The authority', certificate, { fix: 'Make another one.' }, new Date(day * DAY_MS));

test('with a tenth of its life left a certificate is well, with less it is not', () => {
  expect(at(90)).toBe('1970-04-11 (10 days)');
  expect(() => at(91)).toThrow('The authority ends on 1970-04-11 (9 days).');
  expect(() => at(99.5)).toThrow('(12 hours)');
  expect(() => at(101)).toThrow('The authority ended on 1970-04-11');
});
