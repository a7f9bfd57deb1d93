import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFilesIn } from './files.ts';
import { openStorage } from './storage.ts';
import { storageSuite } from './storage-suite.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'homepage-storage-'));

storageSuite('files in the data folder', async () => {
  const dataDir = newFolder();
  return { storage: await openStorage({ dataDir }), close: async () => rmSync(dataDir, { recursive: true }) };
});

test('a write that was cut short is no object', async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'objects/media'), { recursive: true });
  writeFileSync(join(dataDir, 'objects/media/a.0b8d.tmp'), 'half');
  const storage = await openStorage({ dataDir });
  expect(await Array.fromAsync(storage.list(''))).toEqual([]);
  await storage.put('media/a', new Uint8Array(3));
  expect(readdirSync(join(dataDir, 'objects/media'))).toContain('a');
  rmSync(dataDir, { recursive: true });
});

test('a folder that cannot be written is a Problem with the next step', async () => {
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'objects'), 'a file in its place');
  const storage = await openStorage({ dataDir });
  await expect(storage.put('media/a', new Uint8Array(3))).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    field: 'DATA_DIR',
    fix: 'Check the permissions of the data folder, then try again.',
  });
  rmSync(dataDir, { recursive: true });
});

test('a place where no folder can be made is told at once', async () => {
  await expect(openFilesIn('/proc/backups').put('media/a', new Uint8Array(3))).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
  });
});
