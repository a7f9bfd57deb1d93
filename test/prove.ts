/** `npm run prove [-- <row>… --list --json]`: runs the proof of every sentence of the architecture and prints the table. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bringProgram, neededPrograms } from '@homepage/testkit/programs';
import { ensureChromium } from '../scripts/chromium.ts';
import { parseOrEnd } from '../scripts/parse.ts';
import { claims, type Claim, type Proof } from './claims.ts';
import type { DrillResult } from './drills/outcome.ts';
import { resultOf, type Ran, type Result, type VitestReport } from './proofs.ts';

const HELP = `npm run prove [-- <row>… --list --json]
Runs the proof of each sentence of the architecture, some seven minutes for all; a row is its number.
  --list   only prints the sentences and what proves each
  --json   {"claims": [{id, topic, sentence, proof, result}]} alone on stdout; result: proven, failed or "not yet"
Exit 1 when a proof fails, 2 for a row that there is not.`;

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseOrEnd({
  json: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean' },
});
const strange = positionals.find((text) => !claims.some(({ id }) => String(id) === text));
if (values.help) console.log(HELP);
else if (strange !== undefined) {
  console.error(`There is no row "${strange}": they are 1 to ${claims.length}. See --list.`);
  process.exitCode = 2;
} else {
  const chosen = claims.filter(({ id }) => positionals.length === 0 || positionals.includes(String(id)));
  if (values.list) print(chosen);
  else await prove(chosen);
}

async function prove(chosen: Claim[]): Promise<void> {
  const proofs = chosen.flatMap(({ proof }) => proof ?? []);
  const files = [...new Set(proofs.flatMap((proof) => ('file' in proof ? proof.file : [])))];
  const report = files.length > 0 ? await runTests(files) : { testResults: [] };
  const ran: Ran = { report, drills: runDrills(proofs) };
  const rows = chosen.map((claim) => ({ ...claim, result: resultOf(claim, ran) }));
  print(rows);
  if (rows.some(({ result }) => result === 'failed')) process.exitCode = 1;
}

async function runTests(paths: string[]): Promise<VitestReport> {
  const chromium = ensureChromium();
  for (const name of neededPrograms) {
    await bringProgram(name, (line) => console.error(line));
  }
  const reportFile = join(root, 'test/output/prove.json');
  mkdirSync(join(root, 'test/output'), { recursive: true });
  // What an earlier run wrote proves nothing of this one.
  rmSync(reportFile, { force: true });
  spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  spawnSync(
    process.execPath,
    [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile=${reportFile}`, ...paths],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...(chromium && { CHROME_PATH: chromium }) },
    },
  );
  if (!existsSync(reportFile)) {
    console.error('Nothing was proven: the tests did not run to their end. Why is above.');
    process.exit(1);
  }
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

function placeOf(proof: Proof): string {
  return 'file' in proof ? `${proof.file}: ${proof.test}` : `npm run drill -- ${proof.group} ${proof.drill}`;
}

function print(rows: (Claim & { result?: Result })[]): void {
  if (values.json) {
    console.log(JSON.stringify({ claims: rows }));
    return;
  }
  for (const { id, topic, sentence, proof, result = '' } of rows) {
    const place = proof ? `  (${placeOf(proof)})` : '';
    console.log(`${String(id).padStart(2)}  ${result.padEnd(8)} ${topic}: ${sentence}${place}`);
  }
  if (values.list) return;
  const count = (wanted: Result): number => rows.filter(({ result }) => result === wanted).length;
  console.log(`\n${count('proven')} proven, ${count('failed')} failed, ${count('not yet')} not yet`);
}
