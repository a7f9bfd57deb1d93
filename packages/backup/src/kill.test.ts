/** kill -9 at any moment: no backup that is none, no lock that stays, nothing that the next pruning does not remove. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killAtMoments, makeFolder, openTestSite } from '@homepage/testkit';
import { readCatalog } from './catalog.ts';
import { decryption } from './encryption.ts';
import { backupKey, MANIFEST } from './keys.ts';
import { parseManifest } from './manifest.ts';
import { checkMedia } from './media.ts';
import { pruneBackups } from './prune.ts';
import { withTarget } from './target.ts';
import { fill, folderTarget, repository, settingsFor, template } from './test-backup.ts';
import { restoreThrowaway } from './throwaway.ts';

/** `npm run drill -- backup kill-run` takes twenty, on real servers. */
const MOMENTS = 8;

test('a run that is killed, and killed again', async () => {
  const site = await openTestSite();
  await fill(site, 30);
  const folder = makeFolder();
  const target = folderTarget(join(folder.path, 'backups'));
  const start = () =>
    spawn(process.execPath, [join(repository, 'apps/ops/src/main.ts'), 'backup', 'run'], {
      env: { PATH: process.env['PATH'], DATA_DIR: site.dataDir, BACKUP_TO: target.name },
      stdio: 'ignore',
    });
  await killAtMoments(start, MOMENTS);
  // Whoever comes next is not held up, and is whole.
  expect((await once(start(), 'exit'))[0]).toBe(0);
  const { backups } = await withTarget(target, readCatalog);
  expect(backups.length).toBeGreaterThanOrEqual(2);
  await withTarget(target, async (opened) => {
    const decrypt = decryption([], undefined);
    for (const { id } of backups) {
      const manifest = parseManifest(await opened.text(backupKey(id, MANIFEST)), id);
      const work = makeFolder();
      const options = {
        target: opened,
        manifest,
        decrypt,
        folder: work.path,
        indexes: true,
        onProgress: () => {},
      };
      await (await restoreThrowaway({ ...options, template: await template() })).close();
      await checkMedia(opened, manifest, decrypt, () => {});
      work.remove();
    }
  });
  const later = new Date(Date.now() + 2 * 86_400_000);
  await pruneBackups({ settings: settingsFor(site.dataDir), location: target, now: later, dryRun: false });
  const { backups: kept, unfinished } = await withTarget(target, readCatalog);
  expect([kept, unfinished]).toMatchObject([backups.map(({ id }) => ({ id })), []]);
  const files = readdirSync(join(folder.path, 'backups'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await site.close();
  folder.remove();
});
