/** A text that cannot be rendered. `line` counts from 1 in the Markdown given to `render`; 0 when the whole text is meant. */
export class MarkdownError extends Error {
  readonly code: 'MARKDOWN_TOO_LARGE' | 'MARKDOWN_TOO_DEEP';
  readonly line: number;
  /** what to do about it; shown to people */
  readonly fix: string;

  constructor(
    code: MarkdownError['code'],
    message: string,
    options: { line?: number; fix: string; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'MarkdownError';
    this.code = code;
    this.line = options.line ?? 0;
    this.fix = options.fix;
  }
}

/** Front matter that cannot be read. `line` counts from 1 in the file. */
export class FrontMatterError extends Error {
  readonly code: string;
  readonly line: number;
  /** what to do about it; shown to people */
  readonly fix: string;

  constructor(code: string, message: string, options: { line: number; fix: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'FrontMatterError';
    this.code = code;
    this.line = options.line;
    this.fix = options.fix;
  }
}
