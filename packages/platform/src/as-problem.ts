import { explainDatabaseError } from './database/explain.ts';
import { describeError } from './describe-error.ts';
import { Problem } from './problem.ts';

/** Whatever was thrown, as a Problem: one place knows what to say of a failure that nobody explained. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const known = explainDatabaseError(error);
  if (known) return known;
  const { message } = describeError(error);
  return new Problem('UNEXPECTED', `Something unexpected failed: ${message}`, {
    fix: 'Run it again with LOG_LEVEL=debug and open an issue with what it prints. What was acknowledged is stored.',
    cause: error,
  });
}
