import { Problem } from '@homepage/platform';

/** What happened and the next step, without a stack for failures that have a name; exit code 1. */
export function reportStartFailure(error: unknown): void {
  console.error(error instanceof Problem ? `${error.message}\n${error.fix}` : error);
  process.exitCode = 1;
}
