import { backupsToDelete } from '@homepage/backup';
import { openLocation, type StorageLocation } from '@homepage/platform';
import { pruneSnapshots, type Pruned } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import { failureJson, failureText } from '../../report-problem.ts';
import type { Shell } from '../../shell.ts';
import { wholeNumber } from '../../usage.ts';
import { targetsOf } from '../backup/places.ts';
import { count, size } from '../backup/words.ts';

export type PruneSnapshotsOptions = {
  from?: string;
  keepDays?: string;
  keepAtLeast?: string;
  dryRun?: boolean;
};

type Done = { target: string; servers: Pruned[]; error: unknown };

const HELP = 'homepage vault snapshots prune';
/** As BACKUP_KEEP_DAYS and BACKUP_KEEP_AT_LEAST have it. */
const MOST = 9999;

/** In every target, whatever the others say. */
export async function prune(shell: Shell, options: PruneSnapshotsOptions): Promise<Outcome> {
  const { from, dryRun = false } = options;
  const settings = shell.settings();
  const { keepDays, keepAtLeast } = settings.backup;
  const days = wholeNumber('--keep-days', options.keepDays ?? String(keepDays), MOST, HELP);
  const atLeast = wholeNumber('--keep-at-least', options.keepAtLeast ?? String(keepAtLeast), MOST, HELP);
  const now = new Date();
  const pruneIn = async (location: StorageLocation): Promise<Pruned[]> => {
    const storage = await openLocation(location);
    try {
      return await pruneSnapshots({
        storage,
        now,
        dryRun,
        // Nobody here has the private key of age; that a snapshot is whole stands for what a restore proves of a backup.
        choose: (history) =>
          backupsToDelete(
            history.map(({ id, at, whole }) => ({ id, at, verified: whole })),
            now,
            { days, atLeast },
          ),
      });
    } finally {
      storage.close();
    }
  };
  const all: Done[] = [];
  for (const location of targetsOf(settings, '--from', from === undefined ? undefined : [from]))
    all.push(
      await pruneIn(location).then(
        (servers) => ({ target: location.name, servers, error: null }),
        (error: unknown) => ({ target: location.name, servers: [], error }),
      ),
    );
  return {
    ok: all.every(({ error }) => error === null),
    json: { dryRun, targets: all.map(toJson) },
    text: all.map((done) => asText(done, dryRun)).join('\n'),
  };
}

const toJson = ({ target, servers, error }: Done): object => ({
  target,
  ok: error === null,
  servers,
  ...failureJson(error),
});

function asText({ target, servers, error }: Done, dryRun: boolean): string {
  if (error !== null) return failureText(target, error);
  const verb = dryRun ? 'would go' : 'removed';
  return [
    target,
    ...servers.flatMap(({ server, removed, unfinished, unreadable, bytes, kept, note }) => [
      `  ${server}: ${verb}: ${count(removed.length, 'snapshot')}, ${unfinished.length} unfinished (${size(bytes)}); ${count(kept, 'snapshot')} kept.`,
      ...[...removed, ...unfinished].map((id) => `    ${verb}  ${id}`),
      ...unreadable.map((id) => `    stays, because its manifest cannot be read  ${id}`),
      ...(note === null ? [] : [`    ${note}`]),
    ]),
  ].join('\n');
}
