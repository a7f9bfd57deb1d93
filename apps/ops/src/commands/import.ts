import { existsSync } from 'node:fs';
import { Problem } from '@homepage/platform';
import {
  importFolder,
  ImportStopped,
  type FileAction,
  type FileReport,
  type ImportReport,
  type ToRemove,
} from '@homepage/site';
import { whenInterrupted } from '../interrupt.ts';
import { withSite, withSiteToLookAt } from '../open-site.ts';
import type { Outcome } from '../outcome.ts';
import { reportProblem } from '../report-problem.ts';
import type { Shell } from '../shell.ts';
import { UsageProblem } from '../usage.ts';

export type ImportOptions = { dryRun?: boolean; prune?: boolean; yes?: boolean };

export async function importContent(
  shell: Shell,
  given: string,
  { dryRun, prune, yes = false }: ImportOptions,
): Promise<Outcome> {
  const folder = shell.path(given);
  requireFolder(folder);
  if (prune && !dryRun && !yes && !shell.interactive) {
    throw new UsageProblem(
      'This may remove content, and nobody is there to be asked.',
      'Look first with --dry-run, then run it with --yes.',
    );
  }
  const { timeZone } = await shell.config();
  const progress = shell.progress();
  const interrupted = whenInterrupted();
  try {
    const open = dryRun ? withSiteToLookAt : withSite;
    const report = await open(shell, 'homepage import', ({ db, storage }) =>
      importFolder({
        db,
        storage,
        folder,
        timeZone,
        dryRun,
        prune: prune ? confirm : undefined,
        signal: interrupted.signal,
        onProgress: ({ done, total, path }) => progress.update(done, total, path),
      }),
    );
    progress.end();
    return { ok: report.failed === 0, json: report, text: asText(report, folder, dryRun) };
  } catch (error) {
    progress.end();
    if (!(error instanceof ImportStopped)) throw error;
    const problem = reportProblem(error, { debug: shell.env['LOG_LEVEL'] === 'debug' });
    return {
      ok: false,
      json: { ...error.report, ...problem.json },
      text: `${asText(error.report, folder, dryRun)}\n\n${problem.text}`,
    };
  } finally {
    interrupted.ignore();
  }

  async function confirm(entries: ToRemove[]): Promise<boolean> {
    progress.end();
    return yes || shell.ask(question(entries));
  }
}

/** Also what came from another folder has no file in this one. */
function question(entries: ToRemove[]): string {
  const lines = entries.map(({ kind, slug, source }) => `  ${kind.padEnd(7)}  ${slug}  (${source})`);
  return ['No file of this folder is behind these:', ...lines, 'Remove them?'].join('\n');
}

/** Before anything is opened: a mistyped path must not leave a new database behind. */
function requireFolder(folder: string): void {
  if (existsSync(folder)) return;
  throw new Problem('IMPORT_NOT_FOUND', `There is no folder ${folder}.`, {
    field: 'folder',
    fix: 'Check the path.',
  });
}

const counters: [label: string, count: keyof Omit<ImportReport, 'files'>][] = [
  ['created', 'created'],
  ['updated', 'updated'],
  ['unchanged', 'unchanged'],
  ['removed', 'removed'],
  ['skipped', 'skipped'],
  ['failed', 'failed'],
];
const plain = new Set<FileAction>(['created', 'updated', 'unchanged']);

function asText(report: ImportReport, folder: string, dryRun = false): string {
  const width = Math.max(...counters.map(([, count]) => String(report[count]).length));
  const table = counters.map(
    ([label, count]) => `  ${label.padEnd(9)}  ${String(report[count]).padStart(width)}`,
  );
  const rest = report.files.filter((file) => !plain.has(file.action) || file.reason !== null).map(fileLine);
  const heading = dryRun ? `Nothing was changed. An import of ${folder} would give:` : `Imported ${folder}`;
  return [heading, ...table, ...(rest.length > 0 ? ['', ...rest] : [])].join('\n');
}

function fileLine({ path, action, line, reason }: FileReport): string {
  const place = line === null ? path : `${path}:${line}`;
  return `${action.padEnd(9)}  ${place}${reason === null ? '' : `\n           ${reason.replaceAll('\n', '\n           ')}`}`;
}
