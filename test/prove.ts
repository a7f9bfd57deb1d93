/** `npm run prove [-- --json]`: runs the proof of every sentence of the architecture and prints the table. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bringProgram, programs, type ProgramName } from '@homepage/testkit/programs';
import { ensureChromium } from '../scripts/chromium.ts';
import { claims, type Claim } from './claims.ts';

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

const files = [...new Set(claims.flatMap((claim) => claim.proof?.file ?? []))];
const report = files.length > 0 ? await runTests(files) : { testResults: [] };
const rows = claims.map((claim) => ({ ...claim, result: resultOf(claim, report) }));

if (json) console.log(JSON.stringify({ claims: rows }));
else printTable();
if (rows.some((row) => row.result === 'failed')) process.exitCode = 1;

async function runTests(paths: string[]): Promise<VitestReport> {
  const chromium = ensureChromium();
  for (const name of Object.keys(programs) as ProgramName[]) {
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

/** A proof counts only when its test ran and passed; one that is not found has failed. */
function resultOf({ proof }: Claim, { testResults }: VitestReport): Result {
  if (!proof) return 'not yet';
  const tests = testResults
    .filter((file) => file.name.endsWith(proof.file))
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.fullName.includes(proof.test));
  return tests.length > 0 && tests.every((test) => test.status === 'passed') ? 'proven' : 'failed';
}

function printTable(): void {
  for (const row of rows) {
    const proof = row.proof ? `  (${row.proof.file})` : '';
    console.log(
      `${String(row.id).padStart(2)}  ${row.result.padEnd(8)} ${row.topic}: ${row.sentence}${proof}`,
    );
  }
  const count = (result: Result): number => rows.filter((row) => row.result === result).length;
  console.log(`\n${count('proven')} proven, ${count('failed')} failed, ${count('not yet')} not yet`);
}
