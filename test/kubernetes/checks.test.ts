import { describe, expect, test } from 'vitest';
import { broken } from './broken.ts';
import { checks, runChecks } from './checks.ts';
import { fixture } from './fixture.ts';

/** They read files of deploy/ and nothing that is rendered; each has a test of its own below. */
const OF_FILES = [37, 43];

test('a cluster that is well has nothing to mend', () => {
  expect(runChecks(fixture()).filter(({ findings }) => findings.length > 0)).toEqual([]);
});

test('each check has a number, and a manifest that it refuses', () => {
  const numbers = checks.map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
  const refused = new Set(broken.map(({ check }) => check));
  expect(numbers.filter((number) => !refused.has(number) && !OF_FILES.includes(number))).toEqual([]);
});

describe('what is wrong is found, with the way to mend it', () => {
  test.each(broken)('$check: $name', ({ check: number, breaks, message }) => {
    const rendered = fixture();
    breaks(rendered);
    const { findings } = runChecks(
      rendered,
      checks.filter((check) => check.number === number),
    )[0]!;
    expect(findings.map((found) => found.message)).toEqual(
      expect.arrayContaining([expect.stringMatching(message)]),
    );
    for (const { fix, resource, overlay } of findings)
      expect([fix, resource, overlay]).toEqual(Array(3).fill(expect.stringMatching(/./)));
  });
});
