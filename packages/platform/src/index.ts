export { Problem, Problems, problemText } from './problem.ts';
export { asProblem } from './as-problem.ts';
export { newId, stamp, timeOfId, timeOfStamp } from './timed-id.ts';
export { suggest } from './suggest.ts';
export { describeError, stacksOf } from './describe-error.ts';
export { diskFull, freeBytes } from './disk.ts';
export { openDatabase, type Database, type DatabaseServer, type OpenOptions } from './database/open.ts';
export { explainDatabaseError, explainFirstAnswer } from './database/explain.ts';
export { isLocked, lockFolder, lockHolder, type FolderLock, type LockHolder } from './database/lock.ts';
export { environment, readSettings, unknownVariables, type Settings } from './settings.ts';
export { loadDotEnv, readEnvFile } from './dot-env.ts';
export { requireOneShape, requireSecrets, requireServable } from './shape.ts';
export { aheadOfDatabase, requireSameClock } from './clock.ts';
export { explainListenError } from './listen.ts';
export { folderReadOnly } from './data-folder.ts';
export { endsSoon, requireLife, type Tls } from './secrets/certificate.ts';
export { explainTlsError } from './secrets/untrusted.ts';
export { ownAddress, publicOrigin } from './addresses.ts';
export { Keyring, type Signed } from './secrets/keyring.ts';
export { ownSessionKeys, type SessionKeys } from './secrets/session-key.ts';
export { watchSecrets } from './secrets/watch.ts';
export { openNotifiers, type Notice, type Notifier } from './notice/notifier.ts';
export { explainCacheError } from './cache/explain.ts';
export { openCache, type Cache, type CacheServer, type CacheTarget } from './cache/cache.ts';
export {
  openStorage,
  type ObjectLock,
  type Range,
  type Storage,
  type ListedObject,
  type StoredObject,
} from './storage/storage.ts';
export { openLocation, storageLocation, type StorageLocation } from './storage/location.ts';
export { backupTarget, type BackupSettings } from './backup-settings.ts';
