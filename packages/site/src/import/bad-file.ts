import { Problem } from '@homepage/platform';

/** One file that cannot come in; the others go on. */
export class BadFile extends Problem {
  /** 1 is the first line of the file; null when no line is to blame */
  readonly line: number | null;

  constructor(
    code: string,
    message: string,
    options: { fix: string; line?: number | null; cause?: unknown },
  ) {
    super(code, message, options);
    this.name = 'BadFile';
    this.line = options.line ?? null;
  }
}

/** What a report says about a failure: what happened, then what to do. */
export function reasonOf(error: unknown): string {
  const { message, fix } = error as { message: string; fix?: string };
  return fix ? `${message} ${fix}` : message;
}

/** The line that an error of front matter, Markdown or a field names. */
export function lineOf(error: unknown): number | null {
  const { line } = error as { line?: number | null };
  return typeof line === 'number' ? line : null;
}
