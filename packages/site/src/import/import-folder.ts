import { explainDatabaseError, Problem } from '@homepage/platform';
import { tidy } from '../database/tidy.ts';
import type { Site } from '../media/store.ts';
import { findFiles, byPath, type FoundFiles } from './find-files.ts';
import { reasonOf } from './bad-file.ts';
import { importFile, type ImportRun } from './import-file.ts';
import { readGenerator } from './generator.ts';
import { mediaReader } from './media.ts';
import { openSource } from './open-source.ts';
import { planImport } from './plan.ts';
import { prune, type ToRemove } from './prune.ts';
import { importRedirects } from './redirects-file.ts';
import {
  addToReport,
  emptyReport,
  ImportStopped,
  type FileReport,
  type ImportProgress,
  type ImportReport,
} from './report.ts';

export type ImportOptions = Site & {
  /** a folder, or a .zip of one */
  folder: string;
  /** report what would happen; write nothing */
  dryRun?: boolean;
  /** where dates without an offset are meant: the site's own */
  timeZone: string;
  /**
   * Remove entries that came from files of which none is in this folder; their addresses answer 410.
   * Asked once, with all of them; true removes them.
   */
  prune?: (entries: ToRemove[]) => boolean | Promise<boolean>;
  /** the entries came with the product as examples */
  sample?: boolean;
  onProgress?: (progress: ImportProgress) => void;
  now?: () => Date;
  /** stops between two files */
  signal?: AbortSignal;
};

/** Changes after which the database's notion of its tables is wrong. */
const MANY = 200;

/**
 * Brings a folder of Markdown into the site, one file at a time in path order. A file that cannot come in never
 * stops the others. The same folder again changes nothing.
 * @throws Problem IMPORT_NOT_FOUND, IMPORT_NOT_A_FOLDER, IMPORT_UNREADABLE, IMPORT_EMPTY, ZIP_UNREADABLE, ZIP_TOO_LARGE;
 *   ImportStopped (a Problem with the report so far) DISK_FULL, STORAGE_FAILED, IMPORT_INTERRUPTED, IMPORT_FAILED
 */
export async function importFolder(options: ImportOptions): Promise<ImportReport> {
  const source = await openSource(options.folder);
  try {
    return await importFrom(source.root, options);
  } finally {
    await source.close();
  }
}

async function importFrom(root: string, options: ImportOptions): Promise<ImportReport> {
  const { db, storage, folder, timeZone, onProgress, signal } = options;
  const { dryRun = false, sample = false, now = () => new Date() } = options;
  const generator = await readGenerator(root);
  const found = await findFiles(root, generator);
  if (found.texts.length === 0) throw nothingToImport(folder, found);

  const site: Site = { db, storage };
  const media = mediaReader(root, dryRun ? undefined : site);
  const plan = await planImport(root, found.texts, generator, timeZone);
  const pruning = options.prune !== undefined;
  const run: ImportRun = { site, root, media, dryRun, sample, pruning, now, timeZone, plan };
  const lines: FileReport[] = found.leftOut.map((line) => ({ ...line, slug: null, line: null }));
  // Before the texts: an old address that the file no longer names is theirs again.
  const redirects = await importRedirects(db, root, dryRun);
  if (redirects) lines.push(redirects);
  for (const [index, path] of found.texts.entries()) {
    if (signal?.aborted) throw interrupted(lines, index, found.texts.length);
    try {
      lines.push(...(await importFile(run, path)));
    } catch (caught) {
      const error = explainDatabaseError(caught) ?? caught;
      lines.push({ path, action: 'failed', slug: null, line: null, reason: reasonOf(error) });
      throw stopped(error, lines, path);
    }
    onProgress?.({ done: index + 1, total: found.texts.length, path });
  }
  if (options.prune) {
    const doubtful = [
      ...lines.filter((line) => line.action === 'failed').map((line) => line.path),
      ...found.unread,
    ];
    lines.push(...(await prune(db, { addresses: plan.addresses, doubtful, dryRun, confirm: options.prune })));
  }
  const report = reportOf(lines);
  const changed = report.created + report.updated + report.removed;
  if (changed >= MANY && !dryRun) await tidy(db);
  return report;
}

/** In path order; the lines of one file keep theirs. */
function reportOf(lines: FileReport[]): ImportReport {
  const report = emptyReport();
  addToReport(report, ...lines.toSorted((a, b) => byPath(a.path, b.path)));
  return report;
}

function nothingToImport(folder: string, { others, leftOut }: FoundFiles): Problem {
  const seen = others + leftOut.length;
  const what =
    seen === 0
      ? 'it is empty'
      : `none of its ${seen} files is a .md, .mdx or .markdown file that can be read`;
  const first = leftOut[0] ? ` ${leftOut[0].path}: ${leftOut[0].reason}` : '';
  return new Problem('IMPORT_EMPTY', `There is nothing to import in ${folder}: ${what}.${first}`, {
    fix: 'Name the folder that holds your Markdown files.',
  });
}

function interrupted(lines: FileReport[], done: number, total: number): ImportStopped {
  return new ImportStopped(
    'IMPORT_INTERRUPTED',
    `The import was interrupted after ${done} of ${total} files.`,
    {
      fix: 'Run it again: what is in is kept, and the rest follows.',
      report: reportOf(lines),
    },
  );
}

/** The next file would meet the same: a full disk, a database that is away. */
function stopped(cause: unknown, lines: FileReport[], path: string): ImportStopped {
  const { code, message, fix } = cause instanceof Problem ? cause : diskFullOrUnknown(cause);
  return new ImportStopped(code, `The import stopped at ${path}. ${message}`, {
    fix,
    report: reportOf(lines),
    cause,
  });
}

function diskFullOrUnknown(cause: unknown): { code: string; message: string; fix: string } {
  const { code, message } = cause as { code?: string; message: string };
  if (code === 'ENOSPC') {
    return {
      code: 'DISK_FULL',
      message: 'The disk is full.',
      fix: 'Free some space, then run it again: what is in is kept.',
    };
  }
  return { code: 'IMPORT_FAILED', message, fix: 'Fix the cause, then run it again: what is in is kept.' };
}
