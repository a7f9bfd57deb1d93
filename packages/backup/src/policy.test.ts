/** deploy/minio on the real thing: who writes backups cannot take any away, and who removes them cannot write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
  type LifecycleRule,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StorageLocation } from '@homepage/platform';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { assumeRole, startMinio, type MinioServer } from '@homepage/testkit/services';
import { readCatalog } from './catalog.ts';
import { backupKey, MANIFEST } from './keys.ts';
import { pruneBackups } from './prune.ts';
import { runBackup } from './run.ts';
import { targetStatus } from './status.ts';
import { withTarget } from './target.ts';
import { fill, repository, serve, settingsFor, template } from './test-backup.ts';
import { verifyBackup } from './verify.ts';

const BUCKET = 'homepage-backups';
const deploy = (name: string): string => readFileSync(join(repository, 'deploy/minio', name), 'utf8');

describe.skipIf(missing('minio'))('the rights in the bucket', () => {
  let minio: MinioServer;
  let root: S3Client;
  let site: TestSite;
  let writer: StorageLocation;
  let pruner: StorageLocation;
  let reader: StorageLocation;
  let id: string;

  const as = async (name: string): Promise<StorageLocation> => {
    const credentials = await assumeRole(minio.connection, deploy(`backup-${name}.json`));
    return { kind: 's3', name, prefix: '', target: { ...minio.connection, ...credentials } };
  };
  const versions = async (key: string, bucket = BUCKET) => {
    const { Versions, DeleteMarkers } = await root.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
    );
    return { versions: Versions ?? [], markers: DeleteMarkers ?? [] };
  };

  beforeAll(async () => {
    minio = await startMinio({ bucket: BUCKET });
    const { endpoint, accessKey, secretKey } = minio.connection;
    root = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    });
    await root.send(
      new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const { Rules } = JSON.parse(deploy('backup-lifecycle.json')) as { Rules: LifecycleRule[] };
    await root.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: BUCKET, LifecycleConfiguration: { Rules } }),
    );
    site = await openTestSite();
    await fill(site);
    [writer, pruner, reader] = await Promise.all([as('writer'), as('pruner'), as('reader')]);
  });
  afterAll(async () => {
    root?.destroy();
    await Promise.all([site?.close(), minio?.remove()]);
  });

  const run = (target: StorageLocation) =>
    runBackup({
      settings: settingsFor(site.dataDir),
      database: site,
      storage: site.storage,
      targets: [target],
      reason: 'asked for',
      program: 'test',
    });
  const verify = async (location: StorageLocation, which?: string) =>
    verifyBackup({
      settings: settingsFor(site.dataDir),
      location,
      choice: which === undefined ? 'latest' : { id: which },
      program: 'test',
      serve,
      template: await template(),
    });
  const prune = (location: StorageLocation, days: number) =>
    pruneBackups({
      settings: { backup: { ...settingsFor(site.dataDir).backup, keepAtLeast: 1 } },
      location,
      now: new Date(Date.now() + days * 86_400_000),
      dryRun: false,
    });

  test('the writer makes and proves backups, and removes nothing', async () => {
    const report = await run(writer);
    expect(report.targets).toMatchObject([{ ok: true }]);
    ({ id } = report);
    await verify(writer);
    await expect(withTarget(writer, (at) => at.remove(backupKey(id, MANIFEST)))).rejects.toMatchObject({
      code: 'BACKUP_TARGET_REFUSED',
    });
    expect((await withTarget(writer, readCatalog)).backups).toMatchObject([{ id, complete: true }]);
  });

  test('what it writes over is still there', async () => {
    const key = backupKey(id, MANIFEST);
    const whole = await withTarget(writer, (at) => at.text(key));
    await withTarget(writer, (at) => at.put(key, Buffer.from('nonsense')));
    const [, before] = (await versions(key)).versions;
    const old = await root.send(
      new GetObjectCommand({ Bucket: BUCKET, Key: key, VersionId: before!.VersionId }),
    );
    expect(await old.Body!.transformToString()).toBe(whole);
    await withTarget(writer, (at) => at.put(key, Buffer.from(whole)));
  });

  test('the reader sees how it is, reads no backup, and changes nothing', async () => {
    expect(await targetStatus(reader)).toMatchObject({ ok: true, restorable: { id } });
    expect((await run(reader)).targets).toMatchObject([
      { ok: false, error: { code: 'BACKUP_TARGET_REFUSED' } },
    ]);
    await expect(withTarget(reader, (at) => at.remove(backupKey(id, MANIFEST)))).rejects.toThrow();
    const { backups } = await withTarget(reader, readCatalog);
    const objects = backups.flatMap((backup) => backup.objects.map(({ key }) => key));
    const read = async (key: string): Promise<boolean> =>
      withTarget(reader, (at) => at.text(key)).then(
        () => true,
        () => false,
      );
    const readable = await Promise.all(objects.map(read));
    expect(objects.filter((_, at) => readable[at])).toEqual([backupKey(id, MANIFEST)]);
    expect(objects.length).toBeGreaterThan(2);
  });

  test('the pruner removes, writes nothing, and what it removed is there for as long as the lifecycle says', async () => {
    const second = (await run(writer)).id;
    await verify(writer);
    expect((await run(pruner)).targets).toMatchObject([{ ok: false }]);
    await expect(prune(writer, 30)).rejects.toMatchObject({ code: 'BACKUP_TARGET_REFUSED' });
    expect(await prune(pruner, 30)).toMatchObject({ backups: [id], kept: 1 });
    expect((await withTarget(writer, readCatalog)).backups).toMatchObject([{ id: second }]);
    const left = await versions(backupKey(id, MANIFEST));
    expect(left.markers).toHaveLength(1);
    expect(left.versions.length).toBeGreaterThan(0);
  });

  describe('in a bucket with object lock', () => {
    const LOCKED = 'homepage-locked';
    const asLocked = async (name: string): Promise<StorageLocation> => {
      const credentials = await assumeRole(
        minio.connection,
        deploy(`backup-${name}.json`).replaceAll(BUCKET, LOCKED),
      );
      const target = { ...minio.connection, ...credentials, bucket: LOCKED };
      return { kind: 's3', name, prefix: '', target };
    };

    test('nobody takes a version away before its time; prune hides it, says so, and it comes back', async () => {
      await root.send(new CreateBucketCommand({ Bucket: LOCKED, ObjectLockEnabledForBucket: true }));
      await root.send(
        new PutObjectLockConfigurationCommand({
          Bucket: LOCKED,
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 7 } },
          },
        }),
      );
      const [writes, prunes] = await Promise.all([asLocked('writer'), asLocked('pruner')]);
      const first = (await run(writes)).id;
      await wait(1000); // of two in the same second, either may be the newest
      await run(writes);
      await verify(writes);
      const key = backupKey(first, MANIFEST);
      await expect(withTarget(writes, (at) => at.remove(key))).rejects.toMatchObject({
        code: 'BACKUP_TARGET_REFUSED',
      });
      const [version] = (await versions(key, LOCKED)).versions;
      const removal = { Bucket: LOCKED, Key: key, VersionId: version!.VersionId };
      // Not even with every right that there is.
      for (const more of [{}, { BypassGovernanceRetention: true }])
        await expect(root.send(new DeleteObjectCommand({ ...removal, ...more }))).rejects.toThrow(/WORM/);
      expect(await prune(prunes, 30)).toMatchObject({
        backups: [first],
        lock: { mode: 'COMPLIANCE', days: 7 },
      });
      expect((await withTarget(writes, readCatalog)).backups.map(({ id: left }) => left)).not.toContain(
        first,
      );
      // What hides it can be taken away by whoever owns the store.
      for (const marker of (await versions(`backups/${first}/`, LOCKED)).markers)
        await root.send(
          new DeleteObjectCommand({ Bucket: LOCKED, Key: marker.Key, VersionId: marker.VersionId }),
        );
      await verify(writes, first);
    });
  });
});
