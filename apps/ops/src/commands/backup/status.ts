import { targetStatus, type TargetStatus } from '@homepage/backup';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { isBesideTheData, SAME_DISK, targetsOf } from './places.ts';
import { age, count, moment } from './words.ts';

/** Two runs were missed, and the next one should have been through. */
const OVERDUE_MS = 13 * 3_600_000;

export async function status(shell: Shell): Promise<Outcome> {
  const settings = shell.settings();
  const now = new Date();
  const locations = targetsOf(settings, '--from');
  const targets = await Promise.all(locations.map((location) => targetStatus(location, now)));
  const best = targets
    .filter(({ restorable }) => restorable !== null)
    .toSorted((a, b) => b.restorable!.at.getTime() - a.restorable!.at.getTime())[0];
  const overdue = !best || now.getTime() - best.restorable!.at.getTime() > OVERDUE_MS;
  const notes = locations.filter((location) => isBesideTheData(settings, location)).map(() => SAME_DISK);
  return {
    ok: !overdue && targets.every(({ ok }) => ok),
    json: {
      restorable: best ? { ...best.restorable, target: best.target } : null,
      overdue,
      sameDisk: notes.length > 0,
      targets: targets.map((target) => ({
        ...target,
        error: target.error && { code: target.error.code, message: target.error.message },
      })),
    },
    text: [
      sentence(best, overdue, now),
      '',
      ...targets.flatMap((target) => asLines(target, now)),
      ...notes,
    ].join('\n'),
  };
}

function sentence(best: TargetStatus | undefined, overdue: boolean, now: Date): string {
  if (!best) return 'This site could not be restored right now: no backup of it was ever verified.';
  const { at } = best.restorable!;
  const late = overdue ? ' That is too old: look why no newer one was verified.' : '';
  return `This site could be restored right now, to ${moment(at)} (${age(at, now)}), from ${best.target}.${late}`;
}

function asLines(status: TargetStatus, now: Date): string[] {
  const { target, error, backups, lastBackupAt, lastVerifiedAt, failures } = status;
  if (error) return [`✗ ${target}: ${error.message}`, `  → ${error.fix}`];
  const when = (time: Date | null): string => (time ? `${moment(time)} (${age(time, now)})` : 'never');
  const [failure] = failures;
  return [
    `${lastVerifiedAt ? '✓' : '✗'} ${target}: ${count(backups, 'backup')}`,
    `  last backup    ${when(lastBackupAt)}`,
    `  last verified  ${when(lastVerifiedAt)}`,
    ...(failure
      ? [
          `  ${count(failures.length, 'failure')} in seven days, the last ${when(failure.at)}: ${failure.stage}, ${failure.code}`,
        ]
      : []),
  ];
}
