import { Problem, stacksOf } from '@homepage/platform';

/** What happened and the next step, without a stack for failures that have a name; exit code 1. */
export function reportStartFailure(error: unknown): void {
  console.error(error instanceof Problem ? `${error.message}\n${error.fix}` : stacksOf(error));
  process.exitCode = 1;
}
