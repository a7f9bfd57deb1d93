/** What the API has in the cluster: a key that sees what there is, and with it the metrics and the proof. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBackup, verifyBackup } from '@homepage/backup';
import { readSettings, type Settings, type StorageLocation } from '@homepage/platform';
import { prepareTemplate } from '@homepage/site';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { assumeRole, startMinio, type MinioServer } from '@homepage/testkit/services';
import { lookAfterBackups } from './backups.ts';
import { repository } from './open-database.ts';

const BUCKET = 'homepage-backups';

describe.skipIf(missing('minio'))('the backups, with the key of backup-reader', () => {
  let minio: MinioServer;
  let site: TestSite;
  let writer: StorageLocation;
  let reader: StorageLocation;
  const as = async (name: string): Promise<StorageLocation> => {
    const policy = readFileSync(join(repository, `deploy/minio/backup-${name}.json`), 'utf8');
    const credentials = await assumeRole(minio.connection, policy);
    return { kind: 's3', name: 'the target', prefix: '', target: { ...minio.connection, ...credentials } };
  };
  const settings = (to: StorageLocation[]): Settings => {
    const read = readSettings({ DATA_DIR: site.dataDir, SECRETS_DIR: 'none' }, repository);
    return { ...read, backup: { ...read.backup, to } };
  };

  beforeAll(async () => {
    minio = await startMinio({ bucket: BUCKET });
    site = await openTestSite();
    [writer, reader] = await Promise.all([as('writer'), as('reader')]);
  });
  afterAll(() => Promise.all([site?.close(), minio?.remove()]));

  test('all metrics are there, and the proof', async () => {
    const program = 'test';
    const run = { settings: settings([writer]), database: site, storage: site.storage, program };
    const { id } = await runBackup({ ...run, targets: [writer], reason: 'asked for' });
    const template = await prepareTemplate(join(repository, '.cache'));
    const serve = join(repository, 'apps/api/bin/serve.js');
    await verifyBackup({
      settings: run.settings,
      location: writer,
      choice: { id },
      program,
      serve,
      template,
    });

    const registry = new Registry();
    const errors: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => errors.push(line) });
    const watch = lookAfterBackups({ settings: settings([reader]), embedded: false, log, registry });
    await watch.look();
    const text = await registry.metrics();
    watch.stop();
    const value = (name: string): number =>
      Number(new RegExp(`^homepage_backup${name}\\{target="the target"\\} (\\S+)$`, 'm').exec(text)?.[1]);
    expect([value('_target_up'), value('s')]).toEqual([1, 1]);
    for (const name of ['_size_bytes', '_duration_seconds', '_last_success_timestamp_seconds'])
      expect([name, value(name)]).toEqual([name, expect.toSatisfy((number: number) => number > 0)]);
    expect(value('_restorable_timestamp_seconds')).toBe(value('_last_success_timestamp_seconds'));
    expect(value('_last_verified_timestamp_seconds') * 1000).toBe(watch.lastVerifiedAt()!.getTime());
    expect(watch.targets()).toMatchObject([{ restorable: { id }, failures: [] }]);
    expect(errors).toEqual([]);
  });
});
