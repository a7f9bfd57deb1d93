/** Which backup is meant. */
import { Problem } from '@homepage/platform';
import type { CatalogEntry } from './catalog.ts';

/** An id, `latest`, or the newest that was taken no later than `at` */
export type Choice = { id: string } | 'latest' | { at: Date };

/**
 * @param backups complete ones, the newest first
 * @param target its name, for messages
 * @throws Problem BACKUP_NONE, BACKUP_NOT_FOUND
 */
export function chooseBackup(backups: CatalogEntry[], choice: Choice, target: string): CatalogEntry {
  const [newest] = backups;
  if (!newest) {
    throw new Problem('BACKUP_NONE', `There is no backup in ${target}.`, {
      fix: 'Make one with `homepage backup run`, or name another target with --from.',
    });
  }
  if (choice === 'latest') return newest;
  const found =
    'id' in choice
      ? backups.find(({ id }) => id === choice.id)
      : backups.find(({ at }) => at.getTime() <= choice.at.getTime());
  if (found) return found;
  const what = 'id' in choice ? `backup ${choice.id}` : `backup from before ${choice.at.toISOString()}`;
  throw new Problem('BACKUP_NOT_FOUND', `There is no ${what} in ${target}.`, {
    fix: 'Run `homepage backup list` to see which there are.',
  });
}
