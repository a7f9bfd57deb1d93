import { verifyBackup, type Choice, type VerifyReport } from '@homepage/backup';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { readVersion } from '../../version.ts';
import { serverOf, targetOf, templateOf } from './places.ts';
import { count, moment, seconds, showStages } from './words.ts';

export type VerifyOptions = { from?: string; dryRun?: boolean };

export const choiceOf = (backup: string | undefined): Choice =>
  backup === undefined || backup === 'latest' ? 'latest' : { id: backup };

export async function verify(
  shell: Shell,
  backup: string | undefined,
  { from, dryRun }: VerifyOptions,
): Promise<Outcome> {
  const settings = shell.settings();
  const progress = shell.progress();
  try {
    const report = await verifyBackup({
      settings,
      location: targetOf(settings, from),
      choice: choiceOf(backup),
      program: readVersion(),
      serve: serverOf(shell),
      template: templateOf(shell),
      dryRun,
      onProgress: showStages(progress),
    });
    progress.end();
    return { ok: true, json: report, text: asText(report) };
  } finally {
    progress.end();
  }
}

export function asText({ id, target, takenAt, rows, media, pages, seconds: took }: VerifyReport): string {
  return [
    `Verified ${id} of ${target}: the site as it was at ${moment(takenAt)}.`,
    `Restored and the same: ${count(rows, 'row')}, ${count(media, 'file')}; ${count(pages, 'page')} read. It took ${seconds(took)}.`,
  ].join('\n');
}
