/** `homepage backup list`: what lies in a target. */
import type { StorageLocation } from '@homepage/platform';
import { readCatalog } from './catalog.ts';
import { withTarget } from './target.ts';

export type ListedBackup = {
  id: string;
  at: Date;
  /** of all its objects; pictures lie elsewhere and are shared */
  bytes: number;
  verifiedAt: Date | null;
  /** false: begun and not finished; it is no backup */
  complete: boolean;
};

/** The newest first. */
export async function listBackups(location: StorageLocation): Promise<ListedBackup[]> {
  return withTarget(location, async (target) => {
    const { backups, unfinished } = await readCatalog(target);
    return [...backups, ...unfinished]
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .map(({ id, at, complete, verifiedAt, objects }) => ({
        id,
        at,
        bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
        verifiedAt: complete ? verifiedAt : null,
        complete,
      }));
  });
}
