/** What an import did, file by file. The command line prints it as it is with --json. */
import { Problem } from '@homepage/platform';

/**
 * note: the text came in, but something about it needs a look; `removed`: by `prune`.
 * With `dryRun` the same words say what would happen.
 */
export type FileAction = 'created' | 'updated' | 'unchanged' | 'skipped' | 'failed' | 'removed' | 'note';

export type FileReport = {
  /** relative to the imported folder, with "/" */
  path: string;
  action: FileAction;
  slug: string | null;
  /** 1 is the first line of the file */
  line: number | null;
  /** what happened and what to do about it; null when there is nothing to say */
  reason: string | null;
};

/** Counts of files by action, and every line of the report in path order. */
export type ImportReport = {
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  failed: number;
  removed: number;
  notes: number;
  files: FileReport[];
};

export type ImportProgress = { done: number; total: number; path: string };

/** The import ended before its last file; `report` says what was done until then. */
export class ImportStopped extends Problem {
  readonly report: ImportReport;

  constructor(
    code: string,
    message: string,
    options: { fix: string; report: ImportReport; cause?: unknown },
  ) {
    super(code, message, options);
    this.name = 'ImportStopped';
    this.report = options.report;
  }
}

const counters = {
  created: 'created',
  updated: 'updated',
  unchanged: 'unchanged',
  skipped: 'skipped',
  failed: 'failed',
  removed: 'removed',
  note: 'notes',
} as const satisfies Record<FileAction, keyof ImportReport>;

export function emptyReport(): ImportReport {
  return { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, removed: 0, notes: 0, files: [] };
}

export function addToReport(report: ImportReport, ...lines: FileReport[]): void {
  for (const line of lines) {
    report.files.push(line);
    report[counters[line.action]]++;
  }
}
