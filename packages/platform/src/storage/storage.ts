/**
 * Objects by key: `media/<sha256>` and the like. Keys are made by the program, never by a visitor.
 * Implementations: files (embedded), S3 (platform). One suite runs on both.
 */
import type { Readable } from 'node:stream';
import { openFileStorage } from './files.ts';
import type { S3Target } from './s3.ts';

/** `bytes`: of the whole object, also when a part of it was asked for */
export type StoredObject = { body: Readable; bytes: number };
export type ListedObject = { key: string; bytes: number; changedAt: Date };
/** Bytes from `first` to `last`, both included, counted from 0 */
export type Range = { first: number; last: number };

/** What the storage lets nobody take away until it is so old: COMPLIANCE nobody at all, GOVERNANCE who has no right to. */
export type ObjectLock = { mode: 'COMPLIANCE' | 'GOVERNANCE'; days: number };

export type Storage = {
  kind: 'files' | 's3';
  /** Complete or not at all; the same key written twice holds the last bytes. A stream is never held in memory whole. */
  put(key: string, body: Uint8Array | Readable): Promise<void>;
  /** @param range must lie within the object */
  get(key: string, range?: Range): Promise<StoredObject | undefined>;
  has(key: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Every object whose key begins so, in the order of their keys' bytes. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /**
   * Whether it answers, knows us and has the bucket; changes nothing.
   * @returns its clock, where it has one of its own
   * @throws Problem STORAGE_REFUSED, STORAGE_UNTRUSTED, STORAGE_NOT_S3, STORAGE_AWAY, DATA_FOLDER_READ_ONLY
   */
  check(): Promise<Date | undefined>;
  /**
   * Removes what writers that ended in the middle left behind: it is no object, and takes room.
   * @param before only what was begun before this
   * @returns how many there were, as far as the storage says
   */
  removeUnfinished(prefix: string, before: Date): Promise<number>;
  /** undefined: there is none, or we may not know */
  objectLock(): Promise<ObjectLock | undefined>;
  /**
   * Signs in anew, with other credentials or elsewhere.
   * @throws Problem STORAGE_REFUSED, STORAGE_AWAY; then nothing changes
   */
  renew(target: S3Target): Promise<void>;
  close(): void;
};

/** Files in the data folder, or the S3 storage that the settings name. */
export async function openStorage(settings: {
  dataDir: string;
  storage?: S3Target | undefined;
}): Promise<Storage> {
  if (!settings.storage) return openFileStorage(settings.dataDir);
  // Loaded where it is needed only: the client for S3 is large.
  const { openS3Storage } = await import('./s3.ts');
  return openS3Storage(settings.storage);
}
