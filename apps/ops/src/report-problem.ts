/** The one place where a failure becomes text or JSON. */
import { asProblem, type Problem, Problems, problemText, stacksOf } from '@homepage/platform';

export type Report = { text: string; json: { error: ErrorJson } };
export type ErrorJson = {
  code: string;
  message: string;
  fix: string;
  field: string | null;
  /** ready to be copied */
  command: string | null;
  problems?: ErrorJson[];
};

/** @param debug adds the stack and its causes to the text */
export function reportProblem(error: unknown, { debug }: { debug: boolean }): Report {
  const problem = asProblem(error);
  const lines = [problemText(problem)];
  if (debug) lines.push(stacksOf(error));
  return { text: lines.join('\n'), json: { error: toJson(problem) } };
}

/** Of one of several that were done side by side, by its name. */
export const failureText = (name: string, error: unknown): string =>
  `✗ ${name}: ${reportProblem(error, { debug: false }).text.replace('\n', '\n  → ')}`;

/** @param error null: there is none */
export const failureJson = (error: unknown): { error: ErrorJson | null } =>
  error === null ? { error: null } : reportProblem(error, { debug: false }).json;

function toJson(problem: Problem): ErrorJson {
  const { code, message, fix, field = null, command = null } = problem;
  const parts = problem instanceof Problems ? { problems: problem.problems.map(toJson) } : {};
  return { code, message, fix, field, command, ...parts };
}
