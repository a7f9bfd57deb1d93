import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { reportProblem } from '../report-problem.ts';
import { checks } from './doctor/checks.ts';
import { Patient } from './doctor/patient.ts';

type Result = { name: string; ok: boolean; detail: string; fix: string | null };

/** Runs every check, whatever the others find; one exit code at the end. */
export async function doctor(shell: Shell): Promise<Outcome> {
  const patient = new Patient(shell);
  const results: Result[] = [];
  const progress = shell.progress();
  try {
    for (const [index, { name, run }] of checks.entries()) {
      progress.update(index, checks.length, name);
      results.push(
        await run(patient).then((detail) => ({ name, ok: true, detail, fix: null }), failed(name)),
      );
    }
  } finally {
    progress.end();
    await patient.close();
  }
  return { ok: results.every((result) => result.ok), json: { checks: results }, text: asText(results) };
}

function failed(name: string): (error: unknown) => Result {
  return (error) => {
    const { message, fix } = reportProblem(error, { debug: false }).json.error;
    return { name, ok: false, detail: message, fix };
  };
}

function asText(results: Result[]): string {
  const width = Math.max(...results.map((result) => result.name.length));
  const indent = ' '.repeat(width + 4);
  const lines = results.flatMap(({ name, ok, detail, fix }) => [
    `${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}`)}`,
    ...(fix === null ? [] : [`${indent}→ ${fix.replaceAll('\n', `\n${indent}  `)}`]),
  ]);
  const failures = results.filter((result) => !result.ok).length;
  const summary = failures === 0 ? 'All is well.' : `${failures} of ${results.length} checks failed.`;
  return [...lines, '', summary].join('\n');
}
