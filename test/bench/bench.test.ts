/** The command, with the one bench that needs no server. What it measures is not looked at: machines differ. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { benchmarksPage } from './report.ts';
import { compared, measured } from './row.ts';

const root = resolve(import.meta.dirname, '../..');

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['test/bench/bench.ts', ...args], { cwd: root, encoding: 'utf8' });
}

test('--help lists every bench', () => {
  const { status, stdout } = bench('--help');
  expect([status, stdout]).toEqual([0, expect.stringContaining('documents, api-cached, api-miss')]);
});

test('a name that is no bench is refused, and the nearest one is named', () => {
  const { status, stdout, stderr } = bench('documets');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Did you mean documents?');
});

test(
  '--json gives rows alone on standard output, and the exit code says whether every goal is met',
  { timeout: 240_000 },
  () => {
    const { status, stdout } = bench('render', '--json');
    const { rows } = JSON.parse(stdout) as { rows: Record<string, unknown>[] };
    expect(rows).toHaveLength(2);
    for (const { ours, peer, ratio, ...row } of rows) {
      expect(row).toMatchObject({ name: expect.stringContaining('rendering of'), goal: expect.any(Number) });
      expect(ratio).toBeCloseTo((ours as number) / (peer as number), 10);
    }
    expect(status).toBe(rows.every(({ ok }) => ok) ? 0 : 1);
  },
);

test('of the turns the one with the median ratio is told, and its goal is of the ratio', () => {
  const turns = [
    { ours: 90, peer: 100 },
    { ours: 10, peer: 100 },
    { ours: 40, peer: 50 },
  ];
  const told = { name: 'a', unit: 'requests/s' };
  expect(compared(told, turns, { least: 0.8 })).toMatchObject({ ours: 40, peer: 50, ratio: 0.8, ok: true });
  expect(compared({ ...told, why: 'Since.' }, turns, { least: 0.81 })).toMatchObject({
    ok: false,
    why: 'Since.',
  });
  expect(measured(told, 2, { most: 1 })).toMatchObject({ ours: 2, peer: null, ratio: null, ok: false });
  expect(measured(told, 2)).toMatchObject({ goal: null, ok: true });
});

test('the page names every missed goal with its reason', () => {
  const rows = [
    measured({ name: 'slow thing', unit: 's', why: 'It sleeps.' }, 2, { most: 1 }),
    measured({ name: 'quick thing', unit: 's', why: 'Never told.' }, 0.5, { most: 1 }),
  ];
  const result = { name: 'things', bench: { how: 'By a clock.', run: async () => rows }, rows };
  const page = benchmarksPage([result], { processor: 'Two cores' }, '0.3', new Date('2026-01-02'));
  expect(page).toContain('| slow thing | 2 s | – | – | ≤ 1 | ✗ missed |');
  expect(page).toContain('- slow thing: It sleeps.');
  expect(page).toContain('`npm run bench -- things`): By a clock.');
  expect(page).toContain('2026-01-02');
  expect(page).not.toContain('Never told');
});
