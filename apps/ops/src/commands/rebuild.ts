import { restoreBackup } from '@homepage/backup';
import { Problem } from '@homepage/platform';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { UsageProblem } from '../usage.ts';
import { readVersion } from '../version.ts';
import { targetOf, templateOf, withSiteAs } from './backup/places.ts';
import { asText, chosen } from './backup/restore.ts';
import { showStages } from './backup/words.ts';

export type RebuildOptions = { from?: string; at?: string };

/** Nobody is asked: there is nothing to lose, or it is refused. */
export async function rebuild(
  shell: Shell,
  backup: string | undefined,
  { from, at }: RebuildOptions,
): Promise<Outcome> {
  if (from === undefined)
    throw new UsageProblem('--from is missing: where the backup lies.', 'See: homepage rebuild --help');
  const choice = chosen(backup, at);
  const location = targetOf(shell.settings(), from);
  const progress = shell.progress();
  try {
    return await withSiteAs(shell, 'owner', 'homepage rebuild', async ({ settings, database, storage }) => {
      const report = await restoreBackup({
        settings,
        database,
        storage,
        location,
        choice,
        program: readVersion(),
        template: templateOf(shell),
        safety: [],
        onProgress: showStages(progress),
        confirm: async ({ empty }) => {
          if (!empty) throw notEmpty();
          return true;
        },
      });
      progress.end();
      return { ok: true, json: report, text: asText(report!) };
    });
  } finally {
    progress.end();
  }
}

function notEmpty(): Problem {
  return new Problem('REBUILD_NOT_EMPTY', 'There is a site already: it has content.', {
    fix: 'To write over it, run `homepage backup restore`, which backs it up first.',
  });
}
