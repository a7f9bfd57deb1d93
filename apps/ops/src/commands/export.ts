import { exportFolder, type ExportReport } from '@homepage/site';
import { withSite } from '../open-site.ts';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';

export type ExportOptions = { force?: boolean };

export async function exportContent(shell: Shell, given: string, { force }: ExportOptions): Promise<Outcome> {
  const folder = shell.path(given);
  const { timeZone } = await shell.config();
  const progress = shell.progress();
  try {
    const report = await withSite(shell, 'homepage export', ({ db, storage }) =>
      exportFolder({
        db,
        storage,
        folder,
        timeZone,
        force,
        onProgress: ({ done, total, path }) => progress.update(done, total, path),
      }),
    );
    progress.end();
    return { ok: report.skipped.length === 0, json: { folder, ...report }, text: asText(report, folder) };
  } finally {
    progress.end();
  }
}

function asText({ files, bytes, skipped }: ExportReport, folder: string): string {
  const lines = [`Exported ${files} files (${bytes} bytes) to ${folder}`];
  for (const { path, reason } of skipped) lines.push(`not written  ${path}: ${reason}`);
  return lines.join('\n');
}
