import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { reportProblem } from '../report-problem.ts';
import { checks } from './doctor/checks.ts';
import { Patient } from './doctor/patient.ts';

/** What stands above has to be mended first; that says how. */
const NOT_CHECKED = 'NOT_CHECKED';

export type Result = {
  name: string;
  ok: boolean;
  detail: string;
  /** null where all is well, like the next three */
  fix: string | null;
  code: string | null;
  /** the variable or file that is wrong */
  field: string | null;
  /** ready to be copied; null also where the fix is no command */
  command: string | null;
};

/** Runs every check, whatever the others find; one exit code at the end. */
export async function doctor(shell: Shell): Promise<Outcome> {
  const patient = new Patient(shell);
  const results: Result[] = [];
  const progress = shell.progress();
  try {
    const wanted = checks.filter(({ when }) => when?.(patient) ?? true);
    for (const [index, { name, run }] of wanted.entries()) {
      progress.update(index, wanted.length, name);
      results.push(await run(patient).then((detail) => passed(name, detail), failed(name)));
    }
  } finally {
    progress.end();
    await patient.close();
  }
  return { ok: results.every((result) => result.ok), json: { checks: results }, text: asText(results) };
}

const passed = (name: string, detail: string): Result => ({
  name,
  ok: true,
  detail,
  fix: null,
  code: null,
  field: null,
  command: null,
});

function failed(name: string): (error: unknown) => Result {
  return (error) => {
    const { message, fix, ...problem } = reportProblem(error, { debug: false }).json.error;
    const first = problem.problems?.[0];
    const { code } = problem;
    const field = problem.field ?? first?.field ?? null;
    const command = problem.command ?? first?.command ?? null;
    return { name, ok: false, detail: message, fix, code, field, command };
  };
}

function asText(results: Result[]): string {
  const width = Math.max(...results.map((result) => result.name.length));
  const indent = ' '.repeat(width + 4);
  const lines = results.flatMap(({ name, ok, detail, fix, code, command }) => [
    `${ok ? '✓' : code === NOT_CHECKED ? '–' : '✗'} ${name.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}`)}`,
    ...(fix === null || code === NOT_CHECKED ? [] : [`${indent}→ ${fix.replaceAll('\n', `\n${indent}  `)}`]),
    ...(command === null ? [] : [`${indent}  $ ${command}`]),
  ]);
  const left = results.filter(({ code }) => code === NOT_CHECKED).length;
  const failures = results.filter(({ ok }) => !ok).length - left;
  const more = left === 0 ? '' : ` ${left} could not be made: mend the others first.`;
  const summary = failures === 0 ? 'All is well.' : `${failures} of ${results.length} checks failed.${more}`;
  return [...lines, '', summary].join('\n');
}
