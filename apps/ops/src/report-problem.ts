/** The one place where a failure becomes text or JSON. */
import { describeError, explainDatabaseError, Problem, Problems, stacksOf } from '@homepage/platform';

export type Report = { text: string; json: { error: ErrorJson } };
export type ErrorJson = {
  code: string;
  message: string;
  fix: string;
  field: string | null;
  problems?: ErrorJson[];
};

/** @param debug adds the stack and its causes to the text */
export function reportProblem(error: unknown, { debug }: { debug: boolean }): Report {
  const problem = toProblem(error);
  const lines = [problem.message, problem.fix];
  if (debug) lines.push(stacksOf(error));
  return { text: lines.join('\n'), json: { error: toJson(problem) } };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const known = explainDatabaseError(error);
  if (known) return known;
  const { message } = describeError(error);
  return new Problem('UNEXPECTED', `Something unexpected failed: ${message}`, {
    fix: 'Run it again with LOG_LEVEL=debug and open an issue with what it prints. What was acknowledged is stored.',
    cause: error,
  });
}

function toJson(problem: Problem): ErrorJson {
  const { code, message, fix, field } = problem;
  const parts = problem instanceof Problems ? { problems: problem.problems.map(toJson) } : {};
  return { code, message, fix, field: field ?? null, ...parts };
}
