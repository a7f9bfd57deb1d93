/**
 * All tests: the source's checks, then unit, integration and browser tests.
 * `npm test -- <words>` runs only test files whose path has one of the words, without the checks.
 * With CI=true nothing is skipped: a missing Chromium is a failure. Last line: N passed, N failed[, N skipped]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bringProgram, missing, neededPrograms, programs } from '@homepage/testkit/programs';
import { claims } from '../test/claims.ts';
import { lostProofs, type VitestReport } from '../test/proofs.ts';
import { runChecks, root } from './checks.ts';
import { ensureChromium, HOW_TO_GET_CHROMIUM } from './chromium.ts';

const words = process.argv.slice(2);
const inCi = process.env['CI'] === 'true';
const totals = { passed: 0, failed: 0, skipped: 0 };

build();
if (words.length === 0) {
  for (const result of await runChecks()) totals[result.ok ? 'passed' : 'failed']++;
}
const chromium = ensureChromium();
if (!chromium) {
  console.log(`${inCi ? 'Failed' : 'Skipped'}: browser tests, there is no Chromium. ${HOW_TO_GET_CHROMIUM}`);
  totals[inCi ? 'failed' : 'skipped']++;
}
await bringServers();
runVitest();

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
const nothingRan = totals.passed + totals.failed === 0;
if (totals.failed > 0 || nothingRan || (inCi && totals.skipped > 0)) process.exitCode = 1;

/** Tests that need a missing one skip themselves, and are counted so. */
async function bringServers(): Promise<void> {
  for (const name of neededPrograms) {
    if (await bringProgram(name, (line) => console.log(line))) continue;
    const { byHand } = programs[name];
    console.log(`${inCi ? 'Failed' : 'Skipped'}: tests that need ${name}. ${byHand}`);
    if (inCi) totals.failed++;
  }
}

function build(): void {
  const result = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
  totals[result.status === 0 ? 'passed' : 'failed']++;
}

function runVitest(): void {
  const reportFile = join(root, 'test/output/vitest.json');
  mkdirSync(join(root, 'test/output'), { recursive: true });
  rmSync(reportFile, { force: true });
  const servers = !missing('postgresql', 'valkey', 'minio');
  const names = ['node', ...(servers ? ['platform'] : []), ...(chromium ? ['browser'] : [])];
  if (chromium && servers && !missing('nginx')) names.push('browser on the platform');
  const projects = names.flatMap((name) => ['--project', name]);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const result = spawnSync(
    process.execPath,
    [
      vitest,
      'run',
      ...projects,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${reportFile}`,
      ...words,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...(chromium && { CHROME_PATH: chromium }) } },
  );
  const report = readReport(reportFile);
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  // A file that does not load, or an error between tests, fails the run without a failed test.
  if (result.status !== 0 && report.numFailedTests === 0) totals.failed++;
  if (words.length > 0) return;
  for (const lost of lostProofs(claims, report)) {
    console.log(`Failed: ${lost}`);
    totals.failed++;
  }
}

type Report = VitestReport & {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
};

function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}
