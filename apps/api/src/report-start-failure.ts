import { asProblem, problemText, stacksOf } from '@homepage/platform';

/** What happened and the next step, without a stack for failures that have a name; exit code 1. */
export function reportStartFailure(error: unknown): void {
  const problem = asProblem(error);
  console.error(problem.code === 'UNEXPECTED' ? stacksOf(error) : problemText(problem));
  process.exitCode = 1;
}
