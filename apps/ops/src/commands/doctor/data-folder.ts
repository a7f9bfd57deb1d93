import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { freeBytes, isLocked, lockHolder, Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

const MEGABYTE = 1024 * 1024;
/** The database's log takes 16 MB at a time; below this a start may fail. */
const NEEDED = 64 * MEGABYTE;

export async function dataFolderWritable(patient: Patient): Promise<string> {
  const { dataDir } = patient.settings();
  const folder = nearestThatExists(dataDir);
  try {
    if (!statSync(folder).isDirectory()) throw new Error('not a folder');
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Problem('DATA_FOLDER_READ_ONLY', `${folder} cannot be written.`, {
      field: 'DATA_DIR',
      fix: 'Give this user write permission on it, or set DATA_DIR to another folder.',
      cause,
    });
  }
  const free = freeBytes(folder);
  if (free !== undefined && free < NEEDED) {
    throw new Problem('DISK_ALMOST_FULL', `${dataDir} has ${Math.floor(free / MEGABYTE)} MB left.`, {
      field: 'DATA_DIR',
      fix: `Free at least ${NEEDED / MEGABYTE} MB, or set DATA_DIR to another disk.`,
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
