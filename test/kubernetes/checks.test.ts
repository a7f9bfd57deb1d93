import { describe, expect, test } from 'vitest';
import { broken } from './broken.ts';
import { removalsIn, starsIn } from './checks/data.ts';
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

test('37: a policy of Vault with a star', () => {
  expect(starsIn('path "kv/data/prod/*" {\n}\npath "kv/data/+/api" {}\npath "kv/data/prod/api" {}')).toEqual([
    'kv/data/prod/*',
    'kv/data/+/api',
  ]);
});

test('43: a writer of backups that may remove them', () => {
  const allow = (...Action: string[]) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  expect(removalsIn(allow('s3:PutObject', 's3:DeleteObject', 's3:*'))).toEqual(['s3:DeleteObject', 's3:*']);
});
