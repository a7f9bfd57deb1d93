/**
 * Where things lie in a target:
 *   backups/<id>/dump.sql.gz[.age]   the rows
 *   backups/<id>/roles.sql[.age]     roles without passwords (PostgreSQL)
 *   backups/<id>/manifest.json       written last: without it there is no backup
 *   backups/<id>/verified-<time>.json  a proof
 *   media/<set>/<sha256>             pictures and files, each once
 *   failures/<time>-….json           what failed, and at which stage
 */
import { stamp, timeOfStamp } from '@homepage/platform';

export const backupKey = (id: string, object: string): string => `backups/${id}/${object}`;
export const MANIFEST = 'manifest.json';
export const proofName = (time: Date): string => `verified-${stamp(time)}.json`;
export const proofTime = (name: string): Date | undefined =>
  timeOfStamp(/^verified-(.*)\.json$/.exec(name)?.[1] ?? '');
