import { restoreBackup, type Choice, type Preview, type RestoreReport } from '@homepage/backup';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { readVersion } from '../../version.ts';
import { targetOf, targetsOf, templateOf, withSiteAs } from './places.ts';
import { choiceOf } from './verify.ts';
import { count, moment, seconds, showStages } from './words.ts';

export type RestoreOptions = {
  from?: string;
  at?: string;
  yes?: boolean;
  dryRun?: boolean;
  /** false: --no-safety-backup */
  safetyBackup?: boolean;
};

export async function restore(
  shell: Shell,
  backup: string | undefined,
  { from, at, yes = false, dryRun = false, safetyBackup = true }: RestoreOptions,
): Promise<Outcome> {
  const choice = chosen(backup, at);
  if (!yes && !dryRun && !shell.interactive) {
    throw new UsageProblem(
      'This writes over the site, and nobody is there to be asked.',
      'Look first with --dry-run, then run it with --yes.',
    );
  }
  const settings = shell.settings();
  const location = targetOf(settings, from);
  // Where backups go anyway; where none is named, beside the one that is restored.
  const named = settings.backup.to.length > 0 || !settings.database;
  const ownTarget = named ? targetsOf(settings, '--to').slice(0, 1) : [location];
  let seen: Preview | undefined;
  const report = await restoreSite(shell, 'homepage backup restore', {
    location,
    choice,
    safety: safetyBackup ? ownTarget : [],
    async confirm(preview) {
      seen = preview;
      if (dryRun) return false;
      if (yes) shell.note(previewText(preview));
      return yes || shell.ask(`${previewText(preview)}\nWrite it over the site?`);
    },
  });
  if (report) return { ok: true, json: { dryRun: false, preview: seen, ...report }, text: asText(report) };
  const text = dryRun ? previewText(seen!) : 'Nothing was changed.';
  return { ok: true, json: { dryRun, preview: seen, restored: false }, text };
}

type What = Pick<Parameters<typeof restoreBackup>[0], 'location' | 'choice' | 'safety' | 'confirm'>;

/** Opens the site as its owner, and shows how far it is. */
export async function restoreSite(
  shell: Shell,
  command: string,
  { confirm, ...what }: What,
): Promise<RestoreReport | undefined> {
  const progress = shell.progress();
  try {
    return await withSiteAs(shell, 'owner', command, (site) =>
      restoreBackup({
        ...site,
        ...what,
        program: readVersion(),
        template: templateOf(shell),
        onProgress: showStages(progress),
        confirm(preview) {
          progress.end();
          return confirm(preview);
        },
      }),
    );
  } finally {
    progress.end();
  }
}

export function chosen(backup: string | undefined, at: string | undefined): Choice {
  if (at === undefined) return choiceOf(backup);
  if (backup !== undefined)
    throw new UsageProblem('A backup and --at exclude each other.', 'Leave one of them out.');
  const time = new Date(at);
  if (Number.isNaN(time.getTime()))
    throw new UsageProblem(`--at must be a time, not '${at}'.`, 'Write it like 2026-11-25T06:00Z.');
  return { at: time };
}

export function previewText({ id, target, takenAt, verifiedAt, tables, media, empty }: Preview): string {
  const width = Math.max(...tables.map(({ name }) => name.length));
  const rows = tables
    .filter(({ now, backup }) => now > 0 || backup > 0)
    .map(
      ({ name, now, backup, same }) =>
        `  ${name.padEnd(width)}  ${String(now).padStart(7)}  ${String(backup).padStart(7)}  ${same ? 'the same' : ''}`,
    );
  return [
    `Backup ${id} of ${target}`,
    `The site as it was at ${moment(takenAt)}; ${verifiedAt ? `verified ${moment(verifiedAt)}` : 'not verified yet'}; ${count(media, 'file')}.`,
    `  ${'rows'.padEnd(width)}  ${'now'.padStart(7)}  ${'backup'.padStart(7)}`,
    ...rows.map((row) => row.trimEnd()),
    empty
      ? 'The site is empty: nothing is lost.'
      : 'What was written after that moment goes. The site is backed up first.',
  ].join('\n');
}

export function asText({
  id,
  recoveryPoint,
  seconds: took,
  rows,
  media,
  safetyBackup,
}: RestoreReport): string {
  return [
    `Restored ${id}: ${count(rows, 'row')} and ${count(media, 'file')}, compared after writing.`,
    `Recovery point: ${moment(recoveryPoint)}. Recovery time: ${seconds(took)}.`,
    ...(safetyBackup === null ? [] : [`The site as it was before is the backup ${safetyBackup}.`]),
  ].join('\n');
}
