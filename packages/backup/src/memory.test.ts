/** Whatever the size, a backup takes the same memory: nothing is held whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { mediaKey } from '@homepage/site';
import { makeFolder, openTestSite, type TestSite } from '@homepage/testkit';
import { repository } from './test-backup.ts';
import { sha256Of } from './manifest.ts';

const MB = 1_000_000;

/** Of the command alone: the database is in this process. @returns the most that it ever held, in bytes */
async function peakOfBackup(site: TestSite, target: string): Promise<number> {
  const child = spawn(process.execPath, [join(repository, 'apps/ops/src/main.ts'), 'backup', 'run'], {
    env: { PATH: process.env['PATH'], DATA_DIR: site.dataDir, BACKUP_TO: `file://${target}` },
    stdio: 'ignore',
  });
  let peak = 0;
  const look = setInterval(() => {
    const file = `/proc/${child.pid}/status`;
    const status = existsSync(file) ? readFileSync(file, 'utf8') : '';
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
  }, 20);
  const ended = once(child, 'exit');
  child.once('exit', () => clearInterval(look));
  expect((await ended)[0]).toBe(0);
  return peak;
}

test.skipIf(!existsSync('/proc/self/status'))('200 MB of texts and a file of 200 MB', async () => {
  const site = await openTestSite();
  const folder = makeFolder();
  const small = await peakOfBackup(site, join(folder.path, 'small'));
  await sql`
    insert into contact_messages (name, message, suspect)
    select 'Ada', repeat(md5(number::text), 15625), false from generate_series(1, 400) as number`.execute(
    site.db,
  );
  const film = Buffer.alloc(200 * MB, 'frames ');
  const hash = sha256Of(film);
  await site.storage.put(mediaKey(hash), film);
  await site.db
    .insertInto('media')
    .values({ hash, content_type: 'video/mp4', bytes: film.length, width: null, height: null })
    .execute();
  const large = await peakOfBackup(site, join(folder.path, 'large'));
  // Held whole, either of the two would be 200.
  expect((large - small) / MB).toBeLessThan(190);
  await site.close();
  folder.remove();
});
