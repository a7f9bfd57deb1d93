/** `npm run prove [-- --json]`: runs the proof of every sentence of the architecture and prints the table. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bringProgram, neededPrograms } from '@homepage/testkit/programs';
import { ensureChromium } from '../scripts/chromium.ts';
import { claims, type Claim, type Proof } from './claims.ts';
import type { DrillResult } from './drills/outcome.ts';

type Result = 'proven' | 'failed' | 'not yet';
type VitestReport = {
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
};

const root = resolve(import.meta.dirname, '..');
const json = process.argv.includes('--json');
if (process.argv.includes('--help')) {
  console.log(
    'npm run prove [-- --json]\nRuns the proof of each sentence of the architecture. Exit 1 when a proof fails.',
  );
  process.exit(0);
}

const proofs = claims.flatMap(({ proof }) => proof ?? []);
const files = [...new Set(proofs.flatMap((proof) => ('file' in proof ? proof.file : [])))];
const report = files.length > 0 ? await runTests(files) : { testResults: [] };
const drills = runDrills(proofs);
const rows = claims.map((claim) => ({ ...claim, result: resultOf(claim) }));

if (json) console.log(JSON.stringify({ claims: rows }));
else printTable();
if (rows.some((row) => row.result === 'failed')) process.exitCode = 1;

async function runTests(paths: string[]): Promise<VitestReport> {
  const chromium = ensureChromium();
  for (const name of neededPrograms) {
    await bringProgram(name, (line) => console.error(line));
  }
  const reportFile = join(root, 'test/output/prove.json');
  mkdirSync(join(root, 'test/output'), { recursive: true });
  spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=json',
      `--outputFile=${reportFile}`,
      ...paths,
    ],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...(chromium && { CHROME_PATH: chromium }) },
    },
  );
  return JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport;
}

/** @returns "group/name" of those that went as promised */
function runDrills(all: Proof[]): Set<string> {
  const byGroup = Map.groupBy(
    all.filter((proof) => 'drill' in proof),
    ({ group }) => group,
  );
  const well = new Set<string>();
  for (const [group, wanted] of byGroup) {
    const names = [...new Set(wanted.map(({ drill }) => drill))];
    const { stdout } = spawnSync(
      process.execPath,
      ['test/drills/drill.ts', group, ...names, '--short', '--json'],
      { cwd: root, stdio: ['ignore', 'pipe', 2], encoding: 'utf8' },
    );
    const results = stdout ? (JSON.parse(stdout) as { drills: DrillResult[] }).drills : [];
    for (const { name, ok } of results) if (ok) well.add(`${group}/${name}`);
  }
  return well;
}

/** A proof counts only when its test or drill ran and passed; one that is not found has failed. */
function resultOf({ proof }: Claim): Result {
  if (!proof) return 'not yet';
  if ('drill' in proof) return drills.has(`${proof.group}/${proof.drill}`) ? 'proven' : 'failed';
  const tests = report.testResults
    .filter((file) => file.name.endsWith(proof.file))
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.fullName.includes(proof.test));
  return tests.length > 0 && tests.every((test) => test.status === 'passed') ? 'proven' : 'failed';
}

const placeOf = (proof: Proof): string =>
  'file' in proof ? proof.file : `npm run drill -- ${proof.group} ${proof.drill}`;

function printTable(): void {
  for (const row of rows) {
    const proof = row.proof ? `  (${placeOf(row.proof)})` : '';
    console.log(
      `${String(row.id).padStart(2)}  ${row.result.padEnd(8)} ${row.topic}: ${row.sentence}${proof}`,
    );
  }
  const count = (result: Result): number => rows.filter((row) => row.result === result).length;
  console.log(`\n${count('proven')} proven, ${count('failed')} failed, ${count('not yet')} not yet`);
}
