/**
 * `npm run bench [-- <name>… --json --write]`: each bench measures one thing, as a ratio against a peer in the same run where
 * there is one. Exit 1 when a row misses its goal. Absolute numbers depend on the machine.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suggest } from '@homepage/platform';
import { parseOrEnd } from '../../scripts/parse.ts';
import { bringProgram, programs, type ProgramName } from '@homepage/testkit/programs';
import { apiCached } from './api-cached.ts';
import { apiMiss } from './api-miss.ts';
import { documents } from './documents.ts';
import { importing } from './import.ts';
import { kept } from './kept.ts';
import { lighthousePerformance } from './lighthouse-performance.ts';
import { busyness, describeMachine } from './machine.ts';
import { memory } from './memory.ts';
import { pageCost } from './page-cost.ts';
import { publish } from './publish.ts';
import { rendering } from './render.ts';
import { benchmarksPage, goalOf, rounded, type Result } from './report.ts';
import type { Bench, Row } from './row.ts';
import { singleFlight } from './single-flight.ts';
import { start } from './start.ts';

const root = resolve(import.meta.dirname, '../..');

const benches: Record<string, Bench> = {
  documents,
  'api-cached': apiCached,
  'api-miss': apiMiss,
  'single-flight': singleFlight,
  publish,
  kept,
  start,
  memory,
  'page-cost': pageCost,
  render: rendering,
  import: importing,
  lighthouse: lighthousePerformance,
};
const known = Object.keys(benches);

const HELP = `npm run bench [-- <name>… --json --write]
Measures ${known.join(', ')}; all of them by default, which takes about twelve minutes.
  --json    {"rows": [{name, unit, ours, peer, ratio, goal, bound, ok}], "machine": {…}} on standard output
A run of all of them also writes docs/benchmarks.md; with --write it does so although some could not be measured.
Exit 1 when a goal is missed, 2 for wrong use.`;

const { values, positionals } = parseOrEnd({
  json: { type: 'boolean' },
  write: { type: 'boolean' },
  help: { type: 'boolean' },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const unknown = positionals.find((name) => !known.includes(name));
if (values.write && positionals.length > 0) {
  console.error('--write is for a run of all benches: the page tells all of them.');
  process.exit(2);
}
if (unknown !== undefined) {
  console.error(
    `There is no bench "${unknown}". Did you mean ${suggest(unknown, known) ?? known.join(', ')}?`,
  );
  process.exit(2);
}

const build = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
if (build.status !== 0) {
  console.error('The web app could not be built; what it said is above.');
  process.exit(1);
}
const results: Result[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  if (!(await bring(name, bench.programs ?? []))) continue;
  const started = performance.now();
  try {
    const rows = await bench.run();
    console.error(`${name} took ${Math.round((performance.now() - started) / 1000)} s`);
    if (!values.json) rows.forEach(print);
    results.push({ name, bench, rows });
  } catch (error) {
    // The others' numbers are worth having.
    console.error(`✗ ${name} could not be measured:`, error);
    process.exitCode = 1;
  }
}
const rows = results.flatMap((result) => result.rows);
if (values.json) console.log(JSON.stringify({ rows, machine: describeMachine() }));
if (values.write || (positionals.length === 0 && results.length === known.length)) {
  const page = benchmarksPage(results, describeMachine(), busyness(), new Date());
  writeFileSync(join(root, 'docs/benchmarks.md'), page);
}
if (rows.some((row) => !row.ok)) process.exitCode = 1;

/** @returns false when the bench cannot run here, which is said */
async function bring(bench: string, names: ProgramName[]): Promise<boolean> {
  for (const name of names) {
    if (await bringProgram(name, (text) => console.error(text))) continue;
    const { byHand, ...source } = programs[name];
    if ('optional' in source) continue;
    console.error(`✗ ${bench} could not be measured: there is no ${name}. ${byHand}`);
    process.exitCode = 1;
    return false;
  }
  return true;
}

function print(row: Row): void {
  const { name, unit, ours, peer, ratio, goal, ok, why } = row;
  const compared = ratio === null ? '' : ` / ${rounded(peer!)} ${unit} = ${ratio.toFixed(2)}`;
  const held = goal === null ? '' : `, goal ${goalOf(row)}`;
  console.log(`${ok ? '✓' : '✗'} ${name}: ${rounded(ours)} ${unit}${compared}${held}`);
  if (why !== undefined) console.log(`  ${why}`);
}
