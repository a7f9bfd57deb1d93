export { Problem, Problems } from './problem.ts';
export { suggest } from './suggest.ts';
export { freeBytes } from './disk.ts';
export { openDatabase, type Database, type DatabaseServer, type OpenOptions } from './database/open.ts';
export { explainDatabaseError } from './database/explain.ts';
export { isLocked, lockFolder, lockHolder, type LockHolder } from './database/lock.ts';
export { environment, readSettings, loadDotEnv, type Settings } from './settings.ts';
export { openNotifiers, type Notice, type Notifier } from './notice/notifier.ts';
export { openStorage, type Range, type Storage, type StoredObject } from './storage/storage.ts';
