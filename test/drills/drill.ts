/**
 * `npm run drill -- <group> [<name>… --short --json --list]`: makes each fault on purpose and tells what visitors saw. Exit 1 when
 * one did not go as promised, 2 for a wrong name.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { suggest } from '@homepage/platform';
import { bringProgram, programs, type ProgramName } from '@homepage/testkit/programs';
import { groups } from './groups.ts';
import type { Drill, DrillResult, Outcome } from './outcome.ts';
import { parseOrEnd } from '../../scripts/parse.ts';
import { writeTable } from './table.ts';
import { inOwnNetwork, mayOwnNetwork, ownsItsNetwork } from './own-network.ts';

const HELP = `npm run drill -- <group> [<name>… --short --json --list]
Makes each fault of a group on purpose, on real services under load, and tells what visitors saw.
  groups: ${Object.keys(groups).join(', ')}
  --short  each fault lasts seconds only
  --list   only prints the names of the drills and what each does
  --json   {"drills": [{name, ok, requests, failed, lost, recoverySeconds, detail}]} alone on stdout
All drills of a group, not --short, also write the table in docs/operations.md.
Exit 1 when a drill did not go as promised, 2 for a wrong name.`;

const { values, positionals } = parseOrEnd({
  json: { type: 'boolean' },
  short: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean' },
});
const [group, ...names] = positionals;
if (values.help) print(HELP);
else if (group === undefined) wrongUse(HELP);
else if (!Object.hasOwn(groups, group)) wrongUse(unknown('group', group, Object.keys(groups)));
else {
  await inGroup(await groups[group]!()).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

async function inGroup(drills: Drill[]): Promise<void> {
  const known = drills.map(({ name }) => name);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) return wrongUse(unknown('drill', strange, known));
  const chosen = drills.filter(({ name }) => names.length === 0 || names.includes(name));
  if (values.list) return list(chosen);
  if (!ownsItsNetwork()) {
    await prepare();
    if (mayOwnNetwork()) {
      process.exitCode = await inOwnNetwork();
      return;
    }
  }
  const results: DrillResult[] = [];
  for (const drill of chosen) {
    console.error(`${drill.name}: ${drill.about}`);
    const result = asResult(
      drill,
      await drill.run((what) => console.error(`  ${what}`), values.short ? 'short' : 'full').catch(asOutcome),
    );
    results.push(result);
    if (!values.json) print(asText(result));
  }
  if (values.json) print(JSON.stringify({ drills: results }));
  // All of them, as long as they should last: that is what the documentation tells.
  if (chosen.length === drills.length && !values.short) writeTable(group!, drills, results, new Date());
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** Everything that is fetched or built: later there is no network but our own. */
async function prepare(): Promise<void> {
  for (const name of Object.keys(programs) as ProgramName[]) {
    if (!(await bringProgram(name, (line) => console.error(line))))
      console.error(`There is no ${name}: drills that need it fail. ${programs[name].byHand}`);
  }
  const build = spawnSync(process.execPath, ['scripts/build.ts'], {
    cwd: resolve(import.meta.dirname, '../..'),
    stdio: ['ignore', 2, 2],
  });
  if (build.status !== 0) throw new Error('The web app could not be built; what it said is above.');
}

function list(drills: Drill[]): void {
  if (values.json) print(JSON.stringify({ drills: drills.map(({ name, about }) => ({ name, about })) }));
  else drills.forEach(({ name, about }) => print(`${name}: ${about}`));
}

/** A drill that could not be done has not gone as promised. */
function asOutcome(error: Error): Outcome {
  return {
    requests: 0,
    failed: 0,
    lost: 0,
    recoverySeconds: null,
    detail: '',
    broken: [[error.message, error.cause].filter(Boolean).join(': ')],
  };
}

function asResult({ name }: Drill, { broken, ...outcome }: Outcome): DrillResult {
  const ok = broken.length === 0 && outcome.failed === 0 && outcome.lost === 0;
  return {
    name,
    ok,
    ...outcome,
    detail: [...broken.map((what) => `Not as promised: ${what}`), outcome.detail].join(' ').trim(),
  };
}

function asText({ name, ok, requests, failed, lost, recoverySeconds, detail }: DrillResult): string {
  const recovered = recoverySeconds === null ? '' : `, recovered after ${recoverySeconds.toFixed(1)} s`;
  return `${ok ? '✓' : '✗'} ${name}: ${requests} requests, ${failed} failed, ${lost} writes lost${recovered}\n  ${detail}`;
}

function unknown(what: string, given: string, known: string[]): string {
  return `There is no ${what} "${given}". Did you mean ${suggest(given, known) ?? known.join(', ')}?`;
}

function wrongUse(text: string): void {
  console.error(text);
  process.exitCode = 2;
}

function print(text: string): void {
  console.log(text);
}
