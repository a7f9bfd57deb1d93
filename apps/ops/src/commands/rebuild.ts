import { Problem } from '@homepage/platform';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { UsageProblem } from '../usage.ts';
import { targetOf } from './backup/places.ts';
import { asText, chosen, restoreSite } from './backup/restore.ts';

export type RebuildOptions = { from?: string; at?: string };

/** Nobody is asked: there is nothing to lose, or it is refused. */
export async function rebuild(
  shell: Shell,
  backup: string | undefined,
  { from, at }: RebuildOptions,
): Promise<Outcome> {
  if (from === undefined)
    throw new UsageProblem('--from is missing: where the backup lies.', 'See: homepage rebuild --help');
  const report = await restoreSite(shell, 'homepage rebuild', {
    location: targetOf(shell.settings(), from),
    choice: chosen(backup, at),
    safety: [],
    confirm: async ({ empty }) => {
      if (!empty) throw notEmpty();
      return true;
    },
  });
  return { ok: true, json: report, text: asText(report!) };
}

function notEmpty(): Problem {
  return new Problem('REBUILD_NOT_EMPTY', 'There is a site already: it has content.', {
    fix: 'To write over it, run `homepage backup restore`, which backs it up first.',
  });
}
