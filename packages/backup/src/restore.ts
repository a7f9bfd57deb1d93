/**
 * `homepage backup restore`: the backup is restored into a database that is thrown away and compared; only what is whole
 * and of this release's schema is then written over the site, in one transaction. Before that the site is backed up.
 */
import { sql } from 'kysely';
import type { Database, Settings, Storage, StorageLocation } from '@homepage/platform';
import { migrate, migrations, type Tables } from '@homepage/site';
import { readCatalog, type CatalogEntry } from './catalog.ts';
import { chooseBackup, type Choice } from './choose.ts';
import { decryption } from './encryption.ts';
import { backupKey, MANIFEST } from './keys.ts';
import { alone } from './lock.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { bringMedia } from './media.ts';
import type { OnProgress } from './progress.ts';
import { replaceRows } from './replace-rows.ts';
import { runUnlocked, type RunReport } from './run.ts';
import { withTarget, type Target } from './target.ts';
import { measureAll, restoreThrowaway } from './throwaway.ts';
import { withWorkFolder } from './work-folder.ts';

export type RestoreOptions = {
  settings: Settings;
  /** of the site, with the owner's rights, at this release's schema */
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  storage: Storage;
  location: StorageLocation;
  choice: Choice;
  program: string;
  template: string;
  /** where the site is backed up to before anything is changed; empty: nowhere */
  safety: StorageLocation[];
  /** @returns false: nothing is changed */
  confirm: (preview: Preview) => Promise<boolean>;
  onProgress?: OnProgress;
};

export type TableDifference = { name: string; now: number; backup: number; same: boolean };

export type Preview = {
  id: string;
  target: string;
  takenAt: string;
  verifiedAt: string | null;
  program: string;
  database: Manifest['database'];
  media: number;
  tables: TableDifference[];
  /** the site has no content: nothing is lost */
  empty: boolean;
};

export type RestoreReport = {
  id: string;
  target: string;
  /** what was written later is not in it */
  recoveryPoint: string;
  /** from the decision until the site had it */
  seconds: number;
  rows: number;
  media: number;
  /** of the site as it was before; null: it was empty, or none was wanted */
  safetyBackup: string | null;
};

/** @returns undefined when it was not confirmed @throws Problem; then the site is as it was */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport | undefined> {
  const { settings, database, location, choice } = options;
  return withTarget(location, async (target) => {
    const { backups } = await readCatalog(target);
    const entry = chooseBackup(backups, choice, target.name);
    const manifest = parseManifest(await target.text(backupKey(entry.id, MANIFEST)), entry.id);
    // Before a person is asked: without the key there is nothing to decide.
    decryption(manifest.recipients, settings.backup.identityFile);
    const preview = await previewOf(entry, manifest, target, database);
    if (!(await options.confirm(preview))) return undefined;
    return alone(settings, database, 'homepage backup restore', () =>
      withWorkFolder(settings, (folder) => restoreIn(folder, target, manifest, preview, options)),
    );
  });
}

async function restoreIn(
  folder: string,
  target: Target,
  manifest: Manifest,
  preview: Preview,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { settings, database, storage, template, onProgress = () => {} } = options;
  const started = performance.now();
  const decrypt = decryption(manifest.recipients, settings.backup.identityFile);
  const current = Object.keys(migrations).at(-1) === manifest.migrations.at(-1);
  const throwaway = { target, manifest, decrypt, folder, template, onProgress };
  // Of an older schema, migrations may ask for what there was.
  const restored = await restoreThrowaway({ ...throwaway, indexes: !current });
  try {
    await migrate(restored.db);
    const contents = current ? manifest.tables : await measureAll(restored.db);
    const safetyBackup = await backUpFirst(preview, options, onProgress);
    // Named by their bytes, they can lie beside those of the site: nothing is replaced.
    await bringMedia(target, storage, manifest, decrypt, onProgress);
    // PGlite has one session: nobody could read beside a transaction anyway.
    const unread = preview.empty || database.kind === 'pglite';
    await replaceRows(restored.db, contents, database.db, unread, onProgress);
    if (database.kind === 'pglite') await sql`vacuum analyze`.execute(database.db);
    return {
      id: manifest.id,
      target: target.name,
      recoveryPoint: manifest.takenAt,
      seconds: (performance.now() - started) / 1000,
      rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
      media: manifest.media.files.length,
      safetyBackup,
    };
  } finally {
    await restored.close();
  }
}

/** @throws the failure of the first target: nothing is overwritten that is not kept somewhere */
async function backUpFirst(
  { empty }: Preview,
  { settings, database, storage, safety, program }: RestoreOptions,
  onProgress: OnProgress,
): Promise<string | null> {
  if (empty || safety.length === 0) return null;
  const report: RunReport = await runUnlocked({
    settings: { ...settings, database: settings.databaseOwner ?? settings.database },
    database,
    storage,
    targets: safety,
    reason: 'before a restore',
    program,
    onProgress,
  });
  if (!report.targets.some(({ ok }) => ok)) throw report.targets[0]!.error;
  return report.id;
}

async function previewOf(
  { id, verifiedAt }: CatalogEntry,
  manifest: Manifest,
  target: Target,
  { db }: Pick<Database<Tables>, 'db'>,
): Promise<Preview> {
  const now = await measureAll(db);
  const rowsOf = (name: string): number => now.find((table) => table.name === name)?.rows ?? 0;
  return {
    id,
    target: target.name,
    takenAt: manifest.takenAt,
    verifiedAt: verifiedAt?.toISOString() ?? null,
    program: manifest.program,
    database: manifest.database,
    media: manifest.media.files.length,
    tables: manifest.tables
      .filter(({ name }) => !name.startsWith('kysely_'))
      .map(({ name, rows, hash }) => ({
        name,
        now: rowsOf(name),
        backup: rows,
        same: now.find((table) => table.name === name)?.hash === hash,
      })),
    empty: rowsOf('entries') === 0 && rowsOf('contact_messages') === 0,
  };
}
