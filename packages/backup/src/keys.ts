/**
 * Where things lie in a target:
 *   backups/<id>/dump.sql.gz[.age]   the rows
 *   backups/<id>/roles.sql[.age]     roles without passwords (PostgreSQL)
 *   backups/<id>/manifest.json       written last: without it there is no backup
 *   backups/<id>/verified-<time>.json  a proof
 *   media/<set>/<sha256>             pictures and files, each once
 *   failures/<time>-….json           what failed, and at which stage
 */
import { randomBytes } from 'node:crypto';

const ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}$/;

/** `20261125T060000Z`: sorts by time, and every storage takes it in a key */
export const stamp = (time: Date): string =>
  time
    .toISOString()
    .replaceAll(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');

/** Nobody ever makes the same one: a key is written once. */
export const newId = (now: Date): string => `${stamp(now)}-${randomBytes(4).toString('hex')}`;

/** @returns undefined when it is no id of ours */
export function timeOfId(id: string): Date | undefined {
  const parts = ID.exec(id);
  return parts ? timeOfStamp(id.slice(0, 16)) : undefined;
}

export function timeOfStamp(text: string): Date | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) || stamp(time) !== text ? undefined : time;
}

export const backupKey = (id: string, object: string): string => `backups/${id}/${object}`;
export const MANIFEST = 'manifest.json';
export const proofName = (time: Date): string => `verified-${stamp(time)}.json`;
export const proofTime = (name: string): Date | undefined =>
  timeOfStamp(/^verified-(.*)\.json$/.exec(name)?.[1] ?? '');
