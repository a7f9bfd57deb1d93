import { describe, expect, test } from 'vitest';
import { broken } from './broken.ts';
import { removalsIn, tooBroad } from './checks/data.ts';
import { clusterComplete, wanted } from './checks/placement.ts';
import { checks, repositoryChecks, runChecks } from './checks.ts';
import { fixture } from './fixture.ts';
import type { Rendered } from './resource.ts';

/** Two read files of deploy/ and nothing that is rendered, one asks for more than the fixture has: their tests are below. */
const BELOW = [37, 43, 72];

test('a cluster that is well has nothing to mend', () => {
  expect(runChecks(fixture()).filter(({ findings }) => findings.length > 0)).toEqual([]);
});

test('each check has a number, and a manifest that it refuses', () => {
  const numbers = repositoryChecks.map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
  const refused = new Set(broken.map(({ check }) => check));
  expect(numbers.filter((number) => !refused.has(number) && !BELOW.includes(number))).toEqual([]);
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
  const policy = (path: string, verb = 'read'): string =>
    `path "${path}" {\n  capabilities = ["${verb}"]\n}\n`;
  const stars = ['kv/data/prod/*', 'kv/data/+/api', 'auth/approle/role/+'];
  const text = [...stars, 'kv/data/prod/api'].map((path) => policy(path)).join('');
  expect(tooBroad('api.hcl', text)).toEqual(stars);
  // A person sees the names of all, and no value; when secret-ids end, and makes none.
  expect(tooBroad('operator.hcl', text)).toEqual(stars.slice(0, 2));
  const secretIds = 'auth/approle/role/+/secret-id';
  expect(tooBroad('operator.hcl', policy(secretIds, 'list'))).toEqual([]);
  expect(tooBroad('operator.hcl', policy(secretIds, 'update'))).toEqual([secretIds]);
  expect(tooBroad('operator.hcl', policy(`${secretIds}-accessor/destroy`, 'update'))).toHaveLength(1);
});

test('43: a writer of backups that may remove them', () => {
  const allow = (...Action: string[]) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  expect(removalsIn(allow('s3:PutObject', 's3:DeleteObject', 's3:*'))).toEqual(['s3:DeleteObject', 's3:*']);
});

describe('72: what a cluster has once', () => {
  const cluster = (there: typeof wanted): Rendered => ({
    overlays: [
      {
        ...fixture().overlays[0]!,
        resources: there.map(({ kind, name }) => ({ apiVersion: 'v1', kind, metadata: { name } })),
      },
    ],
  });

  test('nothing is missed where all of it is', () => {
    expect(clusterComplete.run(cluster(wanted))).toEqual([]);
  });

  test.each(wanted)('$kind $name is lost', (lost) => {
    const found = clusterComplete.run(cluster(wanted.filter((one) => one !== lost)));
    expect(found.map(({ resource, message }) => [resource, message])).toEqual([
      [`${lost.kind} ${lost.name}`, `it is not there: ${lost.why}`],
    ]);
  });
});
