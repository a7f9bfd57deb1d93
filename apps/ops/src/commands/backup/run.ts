import {
  runBackup,
  runScheduled,
  type RunReport,
  type ScheduledReport,
  type TargetReport,
} from '@homepage/backup';
import type { Outcome } from '../../outcome.ts';
import { failureJson, failureText } from '../../report-problem.ts';
import type { Shell } from '../../shell.ts';
import { readVersion } from '../../version.ts';
import { isBesideTheData, SAME_DISK, serverOf, targetsOf, templateOf, withSiteAs } from './places.ts';
import { UsageProblem } from '../../usage.ts';
import { stay } from './stay.ts';
import { asText as verifiedText } from './verify.ts';
import { count, seconds, showStages, size } from './words.ts';

export type RunOptions = { to?: string[]; dryRun?: boolean; scheduled?: boolean; stay?: boolean };

const LOOK_EVERY_MS = 600_000;

export async function backUp(shell: Shell, options: RunOptions): Promise<Outcome> {
  const { dryRun = false, scheduled = false, stay: again = false } = options;
  if (dryRun && scheduled)
    throw new UsageProblem('--dry-run and --scheduled exclude each other.', 'Leave one of them out.');
  if (again && !scheduled)
    throw new UsageProblem('--stay needs --scheduled.', 'Run: homepage backup run --scheduled --stay');
  return again ? stay(shell, LOOK_EVERY_MS, () => backUpOnce(shell, options)) : backUpOnce(shell, options);
}

async function backUpOnce(
  shell: Shell,
  { to, dryRun = false, scheduled = false }: RunOptions,
): Promise<Outcome> {
  const targets = targetsOf(shell.settings(), '--to', to);
  const progress = shell.progress();
  try {
    return await withSiteAs(
      shell,
      'reader',
      'homepage backup run',
      async ({ settings, database, storage }) => {
        const what = {
          settings,
          database,
          storage,
          targets,
          program: readVersion(),
          onProgress: showStages(progress),
        };
        if (scheduled) {
          const now = new Date();
          const done = await runScheduled({
            ...what,
            now,
            serve: serverOf(shell),
            template: templateOf(shell),
          });
          progress.end();
          return scheduledOutcome(done);
        }
        const report = await runBackup({ ...what, reason: 'asked for', dryRun });
        progress.end();
        if (targets.some((target) => isBesideTheData(settings, target))) shell.note(SAME_DISK);
        return {
          ok: report.targets.every(({ ok }) => ok),
          json: { dryRun, ...report, targets: report.targets.map(toJson) },
          text: asText(report, dryRun),
        };
      },
    );
  } finally {
    progress.end();
  }
}

function scheduledOutcome({ run, verified, failed }: ScheduledReport): Outcome {
  const lines = [
    run ? asText(run, false) : 'No backup was due.',
    ...verified.map(verifiedText),
    ...failed.map(({ target, error }) => failureText(target, error)),
  ];
  return {
    ok: failed.length === 0,
    json: {
      run: run && { ...run, targets: run.targets.map(toJson) },
      verified,
      failed: failed.map(({ target, error }) => ({ target, ...failureJson(error) })),
    },
    text: lines.join('\n'),
  };
}

const toJson = ({ error, ...report }: TargetReport): object => ({
  ...report,
  ...failureJson(error),
});

function asText({ id, rows, bytes, plainBytes, targets }: RunReport, dryRun: boolean): string {
  const what = `${count(rows, 'row')}, ${size(plainBytes)}, ${size(bytes)} as stored`;
  if (dryRun) return `Nothing was sent. A backup would have ${what}.`;
  const lines = targets.map(({ target, ok, media, error, ...report }) => {
    if (!ok) return failureText(target, error);
    const lost = media!.missing.length;
    const warning = lost === 0 ? '' : `\n  missing in the site's own storage already: ${count(lost, 'file')}`;
    return `✓ ${target}: in ${seconds(report.seconds)}, ${count(media!.sent, 'file')} sent, ${media!.kept} there already${warning}`;
  });
  return [`Backup ${id}: ${what}`, ...lines, 'It is proven by: homepage backup verify'].join('\n');
}
