/** Runs one command line: parses, works, prints. Returns the exit code. */
import { CommanderError } from 'commander';
import { buildProgram } from './commands.ts';
import type { Outcome } from './outcome.ts';
import { reportProblem } from './report-problem.ts';
import { processShell, type Shell } from './shell.ts';
import { UsageProblem } from './usage.ts';

export async function runCommandLine(args: string[]): Promise<number> {
  const json = args.includes('--json');
  let code = 0;
  /** @returns after the command's output is written */
  const run = async (work: (shell: Shell) => Promise<Outcome>): Promise<void> => {
    const outcome = await work(processShell({ json }));
    const output = json ? outcome.json && JSON.stringify(outcome.json) : outcome.text;
    if (output) process.stdout.write(`${output}\n`);
    if (!outcome.ok) code = 1;
  };
  try {
    await buildProgram(run).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help and version were asked for and are printed; without a command help is what a person needs, too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return printProblem(error, json);
  }
}

/** @returns the exit code */
export function printProblem(error: unknown, json: boolean): number {
  const report = reportProblem(error, { debug: process.env['LOG_LEVEL'] === 'debug' });
  if (json) process.stdout.write(`${JSON.stringify(report.json)}\n`);
  process.stderr.write(`${report.text}\n`);
  return error instanceof UsageProblem ? 2 : 1;
}
