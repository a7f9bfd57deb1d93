import { listBackups, type ListedBackup } from '@homepage/backup';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { targetsOf } from './places.ts';
import { moment, size } from './words.ts';

export type ListOptions = { from?: string };

export async function list(shell: Shell, { from }: ListOptions): Promise<Outcome> {
  const targets = targetsOf(shell.settings(), '--from', from === undefined ? undefined : [from]);
  const lists: { target: string; backups: ListedBackup[] }[] = [];
  for (const location of targets) lists.push({ target: location.name, backups: await listBackups(location) });
  return { ok: true, json: { targets: lists }, text: lists.map(asText).join('\n\n') };
}

function asText({ target, backups }: { target: string; backups: ListedBackup[] }): string {
  const lines = backups.map(
    ({ id, at, bytes, verifiedAt, complete }) =>
      `  ${id}  ${moment(at)}  ${size(bytes).padStart(7)}  ${
        complete ? (verifiedAt ? `verified ${moment(verifiedAt)}` : 'not verified') : 'unfinished: no backup'
      }`,
  );
  return [target, ...(lines.length > 0 ? lines : ['  nothing'])].join('\n');
}
