import { openLocation } from '@homepage/platform';
import { listSnapshots, type SnapshotManifest } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { targetsOf } from '../backup/places.ts';
import { moment, size } from '../backup/words.ts';

export type SnapshotsOptions = { from?: string };

export async function snapshots(shell: Shell, { from }: SnapshotsOptions): Promise<Outcome> {
  const targets = targetsOf(shell.settings(), '--from', from === undefined ? undefined : [from]);
  const lists: { target: string; snapshots: SnapshotManifest[] }[] = [];
  for (const location of targets) {
    const storage = await openLocation(location);
    try {
      lists.push({
        target: location.name,
        snapshots: [
          ...(await listSnapshots(storage, 'primary')),
          ...(await listSnapshots(storage, 'bootstrap')),
        ],
      });
    } finally {
      storage.close();
    }
  }
  return { ok: true, json: { targets: lists }, text: lists.map(asText).join('\n\n') };
}

function asText({ target, snapshots: found }: { target: string; snapshots: SnapshotManifest[] }): string {
  const lines = found.map(
    ({ server, id, takenAt, bytes, version }) =>
      `  ${server.padEnd(9)}  ${id}  ${moment(takenAt)}  ${size(bytes).padStart(7)}  Vault ${version}`,
  );
  return [target, ...(lines.length > 0 ? lines : ['  nothing'])].join('\n');
}
