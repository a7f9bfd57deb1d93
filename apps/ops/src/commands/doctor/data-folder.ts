import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { diskFull, folderReadOnly, freeBytes, isLocked, lockHolder, Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

const MEGABYTE = 1024 * 1024;
/** The database's log takes 16 MB at a time; below this a start may fail. */
const NEEDED = 64 * MEGABYTE;
const FULL = 32 * MEGABYTE;

export async function dataFolderWritable(patient: Patient): Promise<string> {
  const { dataDir, database, storage } = patient.settings();
  if (database && storage) return 'not used: database and storage are servers';
  const folder = nearestThatExists(dataDir);
  try {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw folderReadOnly(folder, cause);
  }
  const free = freeBytes(folder);
  if (free !== undefined && free < FULL) throw diskFull(undefined);
  if (free !== undefined && free < NEEDED) {
    throw new Problem('DISK_ALMOST_FULL', `${dataDir} has ${Math.floor(free / MEGABYTE)} MB left.`, {
      field: 'DATA_DIR',
      fix: `Free at least ${NEEDED / MEGABYTE} MB, or set DATA_DIR to another disk.`,
      command: `df -h ${folder}`,
    });
  }
  const space = free === undefined ? '' : `, ${(free / MEGABYTE / 1024).toFixed(1)} GB free`;
  return folder === dataDir
    ? `${dataDir} can be written${space}`
    : `${dataDir} is made at the first start${space}`;
}

export async function dataFolderHolder(patient: Patient): Promise<string> {
  const { dataDir } = patient.settings();
  if (!existsSync(dataDir) || !isLocked(dataDir)) return 'nobody';
  const holder = lockHolder(dataDir);
  return holder ? `process ${holder.pid}: ${holder.command}, since ${holder.since}` : 'another process';
}

function nearestThatExists(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestThatExists(dirname(path));
}
