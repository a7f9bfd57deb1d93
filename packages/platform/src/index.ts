export { Problem, Problems } from './problem.ts';
export { suggest } from './suggest.ts';
export { openDatabase, type Database, type OpenOptions } from './database/open.ts';
export { lockFolder } from './database/lock.ts';
export { readSettings, loadDotEnv, type Settings } from './settings.ts';
export { openStorage, type Storage, type StoredObject } from './storage/storage.ts';
