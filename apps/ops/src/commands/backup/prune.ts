import { pruneBackups, type PruneReport } from '@homepage/backup';
import type { Outcome } from '../../outcome.ts';
import { failureJson, failureText } from '../../report-problem.ts';
import type { Shell } from '../../shell.ts';
import { targetsOf } from './places.ts';
import { stay } from './stay.ts';
import { count, size } from './words.ts';

export type PruneOptions = { from?: string; dryRun?: boolean; stay?: boolean };
type Failed = { target: string; error: unknown };

const DAY_MS = 86_400_000;

export function prune(shell: Shell, options: PruneOptions): Promise<Outcome> {
  return options.stay ? stay(shell, DAY_MS, () => pruneOnce(shell, options)) : pruneOnce(shell, options);
}

async function pruneOnce(shell: Shell, { from, dryRun = false }: PruneOptions): Promise<Outcome> {
  const settings = shell.settings();
  const done: PruneReport[] = [];
  const failed: Failed[] = [];
  for (const location of targetsOf(settings, '--from', from === undefined ? undefined : [from])) {
    try {
      done.push(await pruneBackups({ settings, location, now: new Date(), dryRun }));
    } catch (error) {
      failed.push({ target: location.name, error });
    }
  }
  return {
    ok: failed.length === 0,
    json: {
      targets: done,
      failed: failed.map(({ target, error }) => ({ target, ...failureJson(error) })),
    },
    text: [...done.map(asText), ...failed.map(({ target, error }) => failureText(target, error))].join('\n'),
  };
}

function asText({
  target,
  dryRun,
  backups,
  unfinished,
  uploads,
  media,
  bytes,
  kept,
  lock,
  note,
}: PruneReport): string {
  const verb = dryRun ? 'would go' : 'removed';
  const counts = [
    count(backups.length, 'backup'),
    `${unfinished.length + uploads} unfinished`,
    `${count(media, 'file')} without a backup`,
  ];
  const lines = [`${target}: ${verb}: ${counts.join(', ')} (${size(bytes)}); ${count(kept, 'backup')} kept.`];
  if (note !== null) lines.push(`  ${note}`);
  if (lock !== null)
    lines.push(
      `  The store's lock (${lock.mode}) holds the bytes of what is removed until they are ${count(lock.days, 'day')} old.`,
    );
  return [...lines, ...[...backups, ...unfinished].map((id) => `  ${verb}  ${id}`)].join('\n');
}
