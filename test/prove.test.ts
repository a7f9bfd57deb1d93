/** What `npm run prove` says, and what counts as a proof. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claims, type Claim } from './claims.ts';
import { groups } from './drills/groups.ts';
import { lostProofs, resultOf, type VitestReport } from './proofs.ts';

const root = resolve(import.meta.dirname, '..');

const prove = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, ['test/prove.ts', ...args], { cwd: root, encoding: 'utf8' });

test('help and the list come on stdout; a row that there is not is told', () => {
  expect(prove('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^npm run prove /) });
  const { claims: listed } = JSON.parse(prove('--list', '--json', '8', '74').stdout) as { claims: Claim[] };
  expect(listed.map(({ id }) => id)).toEqual([8, 74]);
  expect(prove('--list', '74').stdout).toMatch(
    /^74 .*Dev\/prod: \.env {2}\(test\/start\.test\.ts: settings come from /,
  );
  // In full, for one that takes a second.
  expect(prove('76')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^76 {2}proven [^]*\n1 proven, 0 failed, 0 not yet\n$/),
  });
  expect(prove('78')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('1 to 77') });
  expect(prove('--lst')).toMatchObject({ status: 2, stdout: '' });
});

test('there are 77 sentences, and what proves each is there', async () => {
  expect(claims.map(({ id }) => id)).toEqual(Array.from({ length: 77 }, (_, index) => index + 1));
  const strange: string[] = [];
  for (const { id, proof } of claims) {
    if (!proof) continue;
    if ('file' in proof) {
      if (!existsSync(join(root, proof.file))) strange.push(`${id}: ${proof.file}`);
      continue;
    }
    const drills = (await groups[proof.group]?.()) ?? [];
    if (!drills.some(({ name }) => name === proof.drill))
      strange.push(`${id}: ${proof.group} ${proof.drill}`);
  }
  expect(strange).toEqual([]);
});

describe('a proof', () => {
  const report = (...statuses: string[]): VitestReport => ({
    testResults: [
      {
        name: '/somewhere/test/a.test.ts',
        assertionResults: statuses.map((status) => ({ fullName: 'a door is shut at night', status })),
      },
    ],
  });
  const proof = { file: 'test/a.test.ts', test: 'is shut' };
  const of = (ran: VitestReport): string => resultOf({ proof }, { report: ran, drills: new Set() });

  test('is one that ran and passed, each time it ran', () => {
    expect(of(report('passed', 'passed'))).toBe('proven');
    for (const ran of [report(), report('passed', 'failed'), report('pending'), { testResults: [] }])
      expect(of(ran)).toBe('failed');
    expect(resultOf({ proof: null }, { report: report('passed'), drills: new Set() })).toBe('not yet');
    const drill = { group: 'vault', drill: 'power-cut' };
    const after = (...drills: string[]): string =>
      resultOf({ proof: drill }, { report: report(), drills: new Set(drills) });
    expect([after('vault/power-cut'), after('cluster/power-cut'), after()]).toEqual([
      'proven',
      'failed',
      'failed',
    ]);
  });

  test('that was renamed is missed, unless its file did not run', () => {
    const claim = (test: string): Claim => ({
      id: 3,
      topic: 'Doors',
      sentence: 'Shut',
      proof: { ...proof, test },
    });
    expect(lostProofs([claim('is shut')], report('pending'))).toEqual([]);
    expect(lostProofs([claim('is open')], report('passed'))).toEqual([
      'Row 3 of test/claims.ts: test/a.test.ts has no test "is open".',
    ]);
    expect(lostProofs([claim('is open')], { testResults: [] })).toEqual([]);
  });
});
