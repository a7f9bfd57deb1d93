import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { parseQuery } from './query.ts';

test.each([
  ['vault', "'vault':*"],
  ['two vaults', "'two' & 'vaults':*"],
  ['vault ', "'vault'"],
  ['"two vaults"', "('two' <-> 'vaults')"],
  ['“two vaults” pki', "('two' <-> 'vaults') & 'pki':*"],
  ['"unclosed phrase', "('unclosed' <-> 'phrase')"],
  ['vault -agent', "'vault' & !'agent'"],
  ['-agent vault', "!'agent' & 'vault':*"],
  ['-only', ''],
  ['c', "'c'"],
  ['node.js', "'node.js':*"],
  ["it's \\ & | ! <-> (x)", "'it''s' & '(x)'"],
  ["a' | 'b", "'a''' & '''b'"],
  ['back\\slash', "'back\\\\slash':*"],
  ['', ''],
  ['   ', ''],
  ['&|!()', ''],
  ['nul\0byte', "'nul' & 'byte':*"],
  ['🛶', ''],
])('%j is %s', (text, expression) => {
  expect(parseQuery(text, { typing: true }).expression).toBe(expression);
});

test('at most sixteen words count', () => {
  const { expression, words } = parseQuery('word '.repeat(1000), { typing: true });
  expect(words).toHaveLength(16);
  expect(expression.length).toBeLessThan(200);
});

test('whatever is typed, quotes are closed and no sign of theirs is left open', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { expression } = parseQuery(text, { typing: true });
      const outside = expression.replaceAll(/'(?:''|\\\\|[^'\\])*'/g, 'w');
      expect(outside).toMatch(
        /^$|^!?(?:w(?::\*)?|\(w(?: <-> w(?::\*)?)+\))(?: & !?(?:w(?::\*)?|\(w(?: <-> w(?::\*)?)+\)))*$/,
      );
    }),
    sameEachTime(2000),
  );
});
