import type { Kysely } from 'kysely';
import type { Storage } from '@homepage/platform';
import type { Tables } from '../database/tables.ts';

export type ExportOptions = {
  db: Kysely<Tables>;
  storage: Storage;
  folder: string;
  /** write into a folder that is not empty: files of the same name are replaced, others stay */
  force?: boolean;
  onProgress?: (progress: { done: number; total: number; path: string }) => void;
};

export type ExportReport = {
  /** how many were written */
  files: number;
  bytes: number;
  /** files that could not be written, each with the reason */
  skipped: { path: string; reason: string }[];
};

/**
 * Writes everything back as a folder that `importFolder` reads.
 * @throws Problem EXPORT_NOT_EMPTY, EXPORT_NOT_A_FOLDER, EXPORT_FAILED, DISK_FULL
 */
export async function exportFolder(_options: ExportOptions): Promise<ExportReport> {
  return { files: 0, bytes: 0, skipped: [] };
}
