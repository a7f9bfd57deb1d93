/** `homepage backup run`: one snapshot, sent to every target. A target that fails does not stop the others. */
import type { ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  newId,
  Problem,
  type Database,
  type Settings,
  type Storage,
  type StorageLocation,
} from '@homepage/platform';
import type { Tables } from '@homepage/site';
import { recordFailure } from './failures.ts';
import { backupKey, MANIFEST } from './keys.ts';
import { alone } from './lock.ts';
import { type Manifest, type Reason, type StoredObjectInfo } from './manifest.ts';
import { mediaFolder, sendMedia, type MediaReport } from './media.ts';
import type { OnProgress } from './progress.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';
import { digestOf, Meter } from './streams.ts';
import { withTarget, type Target } from './target.ts';
import { withWorkFolder } from './work-folder.ts';

export type RunOptions = {
  settings: Settings;
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  storage: Storage;
  targets: StorageLocation[];
  reason: Reason;
  /** makes the dump, and sends nothing */
  dryRun?: boolean;
  /** version of the program */
  program: string;
  onProgress?: OnProgress;
};

export type TargetReport = {
  target: string;
  ok: boolean;
  /** of the dump, as stored */
  bytes: number;
  seconds: number;
  media: MediaReport | null;
  error: unknown;
};

export type RunReport = {
  id: string;
  takenAt: Date;
  rows: number;
  /** of the dump, as it is stored, and of the rows' texts */
  bytes: number;
  plainBytes: number;
  targets: TargetReport[];
};

/** @throws Problem BACKUP_RUNNING, and those of takeSnapshot: then nothing was sent anywhere */
export async function runBackup(options: RunOptions): Promise<RunReport> {
  return alone(options.settings, options.database, 'homepage backup run', () => runUnlocked(options));
}

/** For whoever has the lock already. */
export function runUnlocked(options: RunOptions): Promise<RunReport> {
  return withWorkFolder(options.settings, (folder) => runInFolder(options, folder));
}

async function runInFolder(options: RunOptions, folder: string): Promise<RunReport> {
  const { settings, database, program, dryRun = false, onProgress = () => {} } = options;
  const targets = dryRun ? [] : options.targets;
  const snapshot = await takeSnapshot({
    database,
    server: database.kind === 'postgresql' ? settings.database : undefined,
    recipients: settings.backup.recipients,
    program,
    folder,
    onProgress,
  }).catch(async (error: unknown) => {
    // Whoever looks at a target only has to see that nothing came, and why.
    for (const location of targets)
      await withTarget(location, (target) => recordFailure(target, 'dump', error)).catch(() => {});
    throw error;
  });
  // By the clock of the database, which all who write share: that of a machine may be wrong.
  const id = newId(snapshot.takenAt);
  const reports: TargetReport[] = [];
  for (const location of targets) reports.push(await send(location, id, snapshot, options, onProgress));
  const { takenAt, tables, dump } = snapshot;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { id, takenAt, rows, bytes: dump.bytes, plainBytes: dump.plainBytes, targets: reports };
}

async function send(
  location: StorageLocation,
  id: string,
  snapshot: Snapshot,
  { settings, storage, reason, program }: RunOptions,
  onProgress: OnProgress,
): Promise<TargetReport> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const { bytes } = snapshot.dump;
  let stage = 'target';
  try {
    return await withTarget(location, async (target) => {
      try {
        const { recipients } = settings.backup;
        for (const object of [snapshot.roles, snapshot.dump]) {
          if (!object) continue;
          stage = 'upload';
          await upload(target, id, object, snapshot.open(object.object), onProgress);
          stage = 'check';
          await check(target, id, object, onProgress);
        }
        // After the dump: whoever prunes sees by it that a backup is being made, and leaves the files alone (prune.ts).
        stage = 'media';
        const media = await sendMedia(storage, target, { files: snapshot.media, recipients, onProgress });
        stage = 'manifest';
        const manifest = manifestOf({ id, snapshot, media, reason, program, recipients });
        await target.put(backupKey(id, MANIFEST), Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
        return { target: target.name, ok: true, bytes, seconds: seconds(), media, error: null };
      } catch (error) {
        await recordFailure(target, stage, error).catch(() => {});
        throw error;
      }
    });
  } catch (error) {
    return { target: location.name, ok: false, bytes, seconds: seconds(), media: null, error };
  }
}

async function upload(
  target: Target,
  id: string,
  { object, bytes }: StoredObjectInfo,
  body: ReadStream,
  onProgress: OnProgress,
): Promise<void> {
  const meter = new Meter((sent) => onProgress('uploading', sent, bytes, target.name));
  await target.put(
    backupKey(id, object),
    Readable.from(meter.watch(body as AsyncIterable<Buffer>), { objectMode: false }),
  );
}

/** What the store says it holds is read back: a size and a checksum of its own are promises. */
async function check(
  target: Target,
  id: string,
  { object, bytes, sha256 }: StoredObjectInfo,
  onProgress: OnProgress,
): Promise<void> {
  const { body } = await target.get(backupKey(id, object));
  const digest = await digestOf(body as AsyncIterable<Buffer>, (read) =>
    onProgress('checking', read, bytes, target.name),
  );
  if (digest.bytes === bytes && digest.sha256 === sha256) return;
  throw new Problem(
    'BACKUP_NOT_STORED',
    `${object} came back from ${target.name} with other bytes than were sent.`,
    {
      field: object,
      fix: 'Nothing counts as a backup. Run it again; when it stays so, look at the disks of that target.',
    },
  );
}

type ManifestParts = {
  id: string;
  snapshot: Snapshot;
  media: MediaReport;
  reason: Reason;
  program: string;
  recipients: string[];
};

function manifestOf({ id, snapshot, media, reason, program, recipients }: ManifestParts): Manifest {
  const missing = new Set(media.missing);
  const { takenAt, database, tool, migrations, tables, dump, roles } = snapshot;
  return {
    format: 1,
    id,
    reason,
    takenAt: takenAt.toISOString(),
    finishedAt: new Date().toISOString(),
    program,
    database,
    tool,
    migrations,
    tables,
    dump,
    roles,
    recipients,
    media: {
      folder: mediaFolder(recipients),
      files: snapshot.media
        .filter(({ hash }) => !missing.has(hash))
        .map(({ hash, bytes }) => ({ hash, bytes })),
      missing: media.missing,
    },
  };
}
