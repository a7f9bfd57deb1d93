/**
 * Objects by key: `media/<sha256>` and the like. Keys are made by the program, never by a visitor.
 * Implementations: files (embedded). One suite runs on every implementation.
 */
import type { Readable } from 'node:stream';
import { openFileStorage } from './files.ts';

export type StoredObject = { body: Readable; bytes: number };

export type Storage = {
  kind: 'files';
  /** Complete or not at all; the same key written twice holds the last bytes. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<StoredObject | undefined>;
  has(key: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** how many objects there are */
  count(): Promise<number>;
};

export function openStorage(settings: { dataDir: string }): Storage {
  return openFileStorage(settings.dataDir);
}
