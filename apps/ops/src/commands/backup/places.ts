/** What the commands of `homepage backup` work on: targets, and the site. */
import { join } from 'node:path';
import { besideTheData, migrateEmbedded, siteTargets } from '@homepage/backup';
import {
  backupTarget,
  openDatabase,
  openStorage,
  Problem,
  requireSecrets,
  type Database,
  type Settings,
  type Storage,
  type StorageLocation,
} from '@homepage/platform';
import { migrate, templateFolder, type Tables } from '@homepage/site';
import { hasEmbeddedDatabase } from '../../open-site.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { readVersion } from '../../version.ts';

/**
 * @param given from the command line; undefined: those of BACKUP_TO, or beside the data when embedded
 * @throws UsageProblem; Problem BACKUP_TARGET_UNKNOWN
 */
export function targetsOf(settings: Settings, option: string, given?: string[]): StorageLocation[] {
  if (given !== undefined) return given.map((address) => locationOf(settings, address, option));
  const targets = siteTargets(settings);
  if (targets.length > 0) return targets;
  throw new Problem('BACKUP_TARGET_UNKNOWN', 'No backup target is named.', {
    field: 'BACKUP_TO',
    fix: `Set BACKUP_TO, or name one: ${option} file:///a/folder`,
  });
}

/** The one that the option names, or the first. */
export const targetOf = (settings: Settings, given?: string): StorageLocation =>
  targetsOf(settings, '--from', given === undefined ? undefined : [given])[0]!;

/** Said wherever it matters: a disk that dies takes both with it. */
export const SAME_DISK =
  'This target is on the disk of the site itself: a disk that dies takes both. Set BACKUP_TO to another place.';

export function isBesideTheData(settings: Settings, location: StorageLocation): boolean {
  return !settings.database && location.name === besideTheData(settings).name;
}

function locationOf({ backup, tls }: Settings, address: string, option: string): StorageLocation {
  const location = backupTarget(address, { ca: tls?.ca, known: backup.to });
  if (location) return location;
  const { protocol, username } = URL.parse(address) ?? {};
  if (protocol === 's3:' && username === '') {
    throw new UsageProblem(
      `${option} names a bucket, and there are no keys for it.`,
      'Put its address with the keys into BACKUP_TO or the secret file backup-to (docs/reference/environment.md).',
    );
  }
  throw new UsageProblem(
    `${option} must be file:///a/folder or s3://key:secret@bucket/prefix?endpoint=https://host.`,
    'See: docs/backups.md',
  );
}

export type Site = { settings: Settings; database: Database<Tables>; storage: Storage };

/**
 * Opens the site's database as it is.
 * @param as reader: nothing is changed, not even the schema. owner: for writing over it; the schema is this release's.
 * @throws Problem BACKUP_NOTHING_THERE
 */
export async function withSiteAs<Result>(
  shell: Shell,
  as: 'reader' | 'owner',
  command: string,
  work: (site: Site) => Promise<Result>,
): Promise<Result> {
  const settings = shell.settings();
  requireSecrets(settings, ['database.json', 'storage.json']);
  if (as === 'reader' && !settings.database && !hasEmbeddedDatabase(settings)) {
    throw new Problem('BACKUP_NOTHING_THERE', `There is no site in ${settings.dataDir} yet.`, {
      field: 'DATA_DIR',
      fix: 'Start the site once, or set DATA_DIR or DATABASE_URL to the one you mean.',
    });
  }
  const database = await openDatabase<Tables>({
    server: as === 'owner' ? (settings.databaseOwner ?? settings.database) : settings.database,
    dataDir: settings.dataDir,
    template: templateOf(shell),
    command,
    mode: 'share',
  });
  try {
    const storage = await openStorage(settings);
    try {
      if (as === 'owner') await bringUp(settings, database, storage);
      return await work({ settings, database, storage });
    } finally {
      storage.close();
    }
  } finally {
    await database.close();
  }
}

async function bringUp(settings: Settings, database: Database<Tables>, storage: Storage): Promise<void> {
  if (database.kind === 'pglite')
    await migrateEmbedded({ settings, database, storage, program: readVersion() });
  else await migrate(database.db);
}

export const templateOf = ({ repository }: Shell): string => templateFolder(join(repository, '.cache'));

/** The program that serves the site; apps start each other, and import each other never. */
export const serverOf = ({ repository }: Shell): string => join(repository, 'apps/api/bin/serve.js');
