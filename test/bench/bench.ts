/**
 * `npm run bench [-- <name>… --json]`: each bench measures one thing, as a ratio against a peer in the same run where
 * there is one. Exit 1 when a row misses its goal. Absolute numbers depend on the machine.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { suggest } from '@homepage/platform';
import { documents } from './documents.ts';
import { lighthousePerformance } from './lighthouse-performance.ts';
import { pageCost } from './page-cost.ts';
import { publish } from './publish.ts';
import type { Row } from './row.ts';

const benches: Record<string, () => Promise<Row[]>> = {
  documents,
  'page-cost': pageCost,
  publish,
  lighthouse: lighthousePerformance,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(
    `npm run bench [-- <name>… --json]\nMeasures ${Object.keys(benches).join(', ')}; all of them by default.\nExit 1 when a goal is missed, 2 for a wrong name.`,
  );
  process.exit(0);
}
const unknown = positionals.find((name) => !(name in benches));
if (unknown !== undefined) {
  const known = Object.keys(benches);
  console.error(
    `There is no bench "${unknown}". Did you mean ${suggest(unknown, known) ?? known.join(', ')}?`,
  );
  process.exit(2);
}

spawnSync(process.execPath, ['scripts/build.ts'], {
  cwd: resolve(import.meta.dirname, '../..'),
  stdio: ['ignore', 2, 2],
});
const rows: Row[] = [];
for (const [name, run] of Object.entries(benches)) {
  if (positionals.length === 0 || positionals.includes(name)) rows.push(...(await run()));
}
if (values.json) console.log(JSON.stringify({ rows }));
else rows.forEach(print);
if (rows.some((row) => !row.ok)) process.exitCode = 1;

function print({ name, ours, peer, ratio, goal, ok }: Row): void {
  const measured =
    ratio === null ? `${ours}` : `${ratio.toFixed(2)} (${Math.round(ours)} / ${Math.round(peer!)})`;
  console.log(`${ok ? '✓' : '✗'} ${name}: ${measured}, goal ${goal}`);
}
