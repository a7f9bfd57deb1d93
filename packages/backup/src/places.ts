import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { storageLocation, type Settings, type StorageLocation } from '@homepage/platform';

type Place = Pick<Settings, 'backup' | 'database' | 'dataDir'>;

/** Those of BACKUP_TO; embedded, without any, a folder beside the data. Empty: nobody has named one. */
export function siteTargets(settings: Place): StorageLocation[] {
  if (settings.backup.to.length > 0) return settings.backup.to;
  return settings.database ? [] : [besideTheData(settings)];
}

/** On the disk of the site itself: it helps against mistakes, not against a disk that dies. */
export const besideTheData = ({ dataDir }: Pick<Settings, 'dataDir'>): StorageLocation =>
  storageLocation(pathToFileURL(join(dataDir, 'backups')).href)!;
