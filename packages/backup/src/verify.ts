/** `homepage backup verify`: restores a backup, compares it with what was measured when it was made, serves it, and says so. */
import type { Settings, StorageLocation } from '@homepage/platform';
import { readCatalog } from './catalog.ts';
import { chooseBackup, type Choice } from './choose.ts';
import { decryption } from './encryption.ts';
import { recordFailure } from './failures.ts';
import { backupKey, MANIFEST, proofName } from './keys.ts';
import { damaged, parseManifest, sha256Of, type Manifest, type Proof } from './manifest.ts';
import { checkMedia } from './media.ts';
import type { OnProgress } from './progress.ts';
import { readPages } from './read-pages.ts';
import { digestOf } from './streams.ts';
import { withTarget, type Target } from './target.ts';
import { dataFolderIn, restoreThrowaway } from './throwaway.ts';
import { withWorkFolder } from './work-folder.ts';

export type VerifyOptions = {
  settings: Settings;
  location: StorageLocation;
  choice: Choice;
  program: string;
  /** the program that serves the site */
  serve: string;
  /** a prepared database of this release */
  template: string;
  /** does everything and leaves no proof */
  dryRun?: boolean;
  onProgress?: OnProgress;
};

export type VerifyReport = {
  id: string;
  target: string;
  takenAt: string;
  verifiedAt: string;
  seconds: number;
  rows: number;
  media: number;
  pages: number;
};

/** @throws Problem BACKUP_DAMAGED, BACKUP_DIFFERS, BACKUP_SITE_FAILED, BACKUP_WRONG_KEY and others: then it is no proof */
export async function verifyBackup(options: VerifyOptions): Promise<VerifyReport> {
  return withTarget(options.location, async (target) => {
    const { backups } = await readCatalog(target);
    const { id } = chooseBackup(backups, options.choice, target.name);
    try {
      return await withWorkFolder(options.settings, (folder) => verifyIn(folder, target, id, options));
    } catch (error) {
      await recordFailure(target, 'verify', error).catch(() => {});
      throw error;
    }
  });
}

async function verifyIn(
  folder: string,
  target: Target,
  id: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { settings, program, serve, template, onProgress = () => {} } = options;
  const started = performance.now();
  const text = await target.text(backupKey(id, MANIFEST));
  const manifest = parseManifest(text, id);
  const decrypt = decryption(manifest.recipients, settings.backup.identityFile);
  await checkRoles(target, manifest);
  const throwaway = { target, manifest, decrypt, folder, template, onProgress };
  await (await restoreThrowaway({ ...throwaway, indexes: true })).close();
  await checkMedia(target, manifest, decrypt, onProgress);
  onProgress('reading pages', 0, 0, target.name);
  const pages = await readPages({ dataDir: dataFolderIn(folder), serve, configFile: settings.configFile });
  const now = new Date();
  const seconds = (performance.now() - started) / 1000;
  const proof: Proof = {
    manifestSha256: sha256Of(text),
    verifiedAt: now.toISOString(),
    seconds,
    program,
    pages,
  };
  if (!options.dryRun)
    await target.put(backupKey(id, proofName(now)), Buffer.from(`${JSON.stringify(proof)}\n`));
  return {
    id,
    target: target.name,
    takenAt: manifest.takenAt,
    verifiedAt: proof.verifiedAt,
    seconds,
    rows: manifest.tables.reduce((sum, table) => sum + table.rows, 0),
    media: manifest.media.files.length,
    pages,
  };
}

/** Roles are for a person who sets up a server; they are not replayed here. */
async function checkRoles(target: Target, { id, roles }: Manifest): Promise<void> {
  if (!roles) return;
  const { body } = await target.get(backupKey(id, roles.object));
  const { sha256 } = await digestOf(body as AsyncIterable<Buffer>);
  if (sha256 !== roles.sha256) throw damaged(id, roles.object, 'has other bytes than were stored');
}
