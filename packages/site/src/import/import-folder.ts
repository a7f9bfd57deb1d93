import type { Kysely } from 'kysely';
import type { Storage } from '@homepage/platform';
import type { Tables } from '../database/tables.ts';
import { emptyReport, type ImportProgress, type ImportReport } from './report.ts';

export type ImportOptions = {
  db: Kysely<Tables>;
  storage: Storage;
  folder: string;
  /** report what would happen; write nothing */
  dryRun?: boolean;
  /** remove entries of an earlier import whose file is gone; their addresses answer 410 */
  prune?: boolean;
  /** the entries came with the product as examples */
  sample?: boolean;
  onProgress?: (progress: ImportProgress) => void;
  now?: () => Date;
  /** stops between two files */
  signal?: AbortSignal;
};

/**
 * Brings a folder of Markdown into the site.
 * @throws Problem IMPORT_NOT_FOUND, IMPORT_NOT_A_FOLDER, IMPORT_UNREADABLE, IMPORT_EMPTY;
 *   ImportStopped (a Problem with the report so far) DISK_FULL, IMPORT_INTERRUPTED
 */
export async function importFolder(_options: ImportOptions): Promise<ImportReport> {
  return emptyReport();
}
