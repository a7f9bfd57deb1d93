/**
 * Every failure a person meets: a stable code, what happened, and the next step.
 * Text for terminals and for HTTP is made from it in one place each (apps/ops, apps/api).
 */
export class Problem extends Error {
  readonly code: string;
  /** what to do about it; shown to people */
  readonly fix: string;
  /** HTTP status when it reaches a client */
  readonly status: number;
  /** the field, variable or file that was wrong */
  readonly field: string | undefined;
  /** the next command, ready to be copied into a shell; undefined: the fix is no command */
  readonly command: string | undefined;

  constructor(code: string, message: string, options: ProblemOptions) {
    super(message, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.fix = options.fix;
    this.status = options.status ?? 500;
    this.field = options.field;
    this.command = options.command;
  }
}

type ProblemOptions = { fix: string; status?: number; field?: string; command?: string; cause?: unknown };

/** As people read it on a terminal: what happened, what to do, and the command for it. */
export function problemText({ message, fix, command }: Problem): string {
  return [message, fix, ...(command === undefined ? [] : [`  $ ${command}`])].join('\n');
}

/** Several problems found in one look, so that a person mends them in one go. The message lists each with its fix. */
export class Problems extends Problem {
  readonly problems: readonly Problem[];

  constructor(code: string, heading: string, problems: readonly Problem[], options: ProblemOptions) {
    const lines = problems.map((problem) => `  ${problem.message} ${problem.fix}`);
    super(code, [heading, ...lines].join('\n'), options);
    this.problems = problems;
  }
}
