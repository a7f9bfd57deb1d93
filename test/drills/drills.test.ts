/** `npm run drill`: what it says, and a short form of some. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import type { DrillResult } from './outcome.ts';
import { mayOwnNetwork } from './own-network.ts';

const root = resolve(import.meta.dirname, '../..');
const MINUTES = 60_000;

const drill = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, ['test/drills/drill.ts', ...args], { cwd: root, encoding: 'utf8' });

test('help and a list come on stdout; wrong names are told with the nearest right one', () => {
  expect(drill('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/groups: faults/) });
  const { drills } = JSON.parse(drill('faults', '--list', '--json').stdout) as { drills: { name: string }[] };
  expect(drills.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['kill-valkey', 'freeze-postgresql', 'cut-api-1-nginx', 'schema-change']),
  );
  expect(drill()).toMatchObject({ status: 2, stdout: '' });
  expect(drill('fault')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Did you mean faults?'),
  });
  expect(drill('faults', 'kill-valky')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Did you mean kill-valkey?'),
  });
});

describe.skipIf(!mayOwnNetwork() || missing('postgresql', 'valkey', 'minio', 'nginx', 'nft'))(
  'what was read before is read on, and nothing that was acknowledged is lost,',
  () => {
    test.each([
      ['while Valkey and PostgreSQL are dead', 'faults', 'valkey-then-postgresql'],
      ['when a replica is killed', 'faults', 'kill-replica'],
      ['when the network to PostgreSQL is cut', 'faults', 'cut-api-1-postgresql'],
      ['when the master of three Valkeys is killed', 'cluster', 'valkey-failover'],
      ['while the site moves to another PostgreSQL', 'cluster', 'move-to-ha'],
    ])(
      '%s',
      (_name, group, name) => {
        const { status, stdout, stderr } = drill(group, name, '--short', '--json');
        expect([status, stderr]).toEqual([0, expect.anything()]);
        const { drills } = JSON.parse(stdout) as { drills: DrillResult[] };
        expect(drills).toMatchObject([{ name, ok: true, failed: 0, lost: 0 }]);
        expect(drills[0]!.requests).toBeGreaterThan(100);
        expect(drills[0]!.recoverySeconds).not.toBeNull();
      },
      3 * MINUTES,
    );
  },
);

test.skipIf(missing('vault', 'minio'))(
  'Vault goes on without its leader, MinIO without a node',
  () => {
    const { status, stdout, stderr } = drill(
      'cluster',
      ...['vault-leader-lost', 'minio-node-lost', '--short', '--json'],
    );
    expect([status, stderr]).toEqual([0, expect.anything()]);
    const { drills } = JSON.parse(stdout) as { drills: DrillResult[] };
    expect(drills).toMatchObject([
      { name: 'vault-leader-lost', ok: true, failed: 0, lost: 0 },
      { name: 'minio-node-lost', ok: true, failed: 0, lost: 0 },
    ]);
    expect(drills.every(({ requests }) => requests > 20)).toBe(true);
  },
  3 * MINUTES,
);
