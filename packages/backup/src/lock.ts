/**
 * One backup, restore or pruning of a site at a time. Both locks go with the process that holds them, however it ends:
 * PostgreSQL's with its connection, the folder's with the kernel (docs/decisions/0006).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder, lockHolder, Problem, type Database, type Settings } from '@homepage/platform';
import { once, type Tables } from '@homepage/site';

/** @throws Problem BACKUP_RUNNING */
export async function alone<Result>(
  settings: Pick<Settings, 'dataDir'>,
  database: Pick<Database<Tables>, 'db' | 'kind'>,
  command: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (database.kind === 'postgresql') {
    const done = await once(database.db, 'backup', work);
    if (done) return done.result;
    throw running('');
  }
  return aloneInFolder(settings, command, work);
}

export async function aloneInFolder<Result>(
  { dataDir }: Pick<Settings, 'dataDir'>,
  command: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const folder = join(dataDir, 'backup-lock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder, command);
  if (!lock) {
    const holder = lockHolder(folder);
    throw running(holder ? `: process ${holder.pid} (${holder.command}, since ${holder.since})` : '');
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function running(who: string): Problem {
  return new Problem('BACKUP_RUNNING', `Another backup, restore or pruning of this site is running${who}.`, {
    fix: 'Wait until it is done. Nothing was changed.',
  });
}
