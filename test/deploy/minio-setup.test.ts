/**
 * deploy/minio/setup.sh, as the job minio-setup runs it: with the client itself, on a real MinIO with TLS. The client is built
 * when it is asked for (`npm run programs -- mc`), which takes minutes; where it is not, that is said.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { services } from '@homepage/vault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram, missing } from '@homepage/testkit/programs';
import { makeAuthority, makeOwnFolder, startMinio, type MinioServer } from '@homepage/testkit/services';

const repository = resolve(import.meta.dirname, '../..');
const deploy = join(repository, 'deploy');
const SITE = 'homepage';
const BACKUPS = 'homepage-backups';
/** Vault's table says whose keys the job gets: a file for each */
const USERS = services
  .find(({ name }) => name === 'minio-setup')!
  .files.flatMap(({ file }) => /^user-(.*)$/.exec(file)?.slice(1) ?? []);

/** A template of Vault's agent, filled with what the secret holds. */
const filled = (template: string, values: Record<string, string>): string =>
  readFileSync(join(deploy, 'vault/agent', template), 'utf8')
    .split('\n')
    .filter((line) => !/^\{\{-? (with|end)/.test(line))
    .join('\n')
    .replaceAll(/\{\{ \.Data\.data\.(\w+) \| toJSON \}\}/g, (_, name: string) => JSON.stringify(values[name]))
    .replaceAll(/\{\{ \.Data\.data\.(\w+) \}\}/g, (_, name: string) => values[name]!)
    .replaceAll(/@(\w+)@/g, (_, name: string) => values[name]!);

if (missing('mc') && !missing('minio'))
  console.log('There is no mc here: deploy/minio/setup.sh was not run. npm run programs -- mc brings it.');
else
  describe.skipIf(missing('minio'))('deploy/minio/setup.sh', () => {
    const folder = makeOwnFolder('minio-setup');
    const secrets = join(folder.path, 'secrets');
    const keys = Object.fromEntries(
      USERS.map((user) => [
        user,
        { accessKey: `homepage-${user}`, secretKey: randomBytes(24).toString('hex') },
      ]),
    );
    let minio: MinioServer;
    let authority: string;
    let first: SpawnSyncReturns<string>;
    const clients: S3Client[] = [];

    /** what the job's container has, and nothing else of this machine */
    const environment = (name: string): NodeJS.ProcessEnv => {
      const programs = join(folder.path, 'bin');
      mkdirSync(join(folder.path, name), { recursive: true });
      return { PATH: `${programs}:/usr/bin:/bin`, TMPDIR: join(folder.path, name), SECRETS_DIR: secrets };
    };
    const setUp = (name: string): SpawnSyncReturns<string> =>
      spawnSync('sh', [join(folder.path, 'configuration/setup.sh')], {
        encoding: 'utf8',
        env: environment(name),
      });

    beforeAll(async () => {
      const ours = await makeAuthority();
      const tls = await ours.issue({ name: 'homepage-minio', purpose: 'server' });
      authority = tls['ca.crt'];
      minio = await startMinio({ tls, bucket: 'somebody-elses' });
      mkdirSync(secrets);
      mkdirSync(join(folder.path, 'bin'));
      symlinkSync(findProgram('mc')!, join(folder.path, 'bin/mc'));
      const { accessKey, secretKey, endpoint } = minio.connection;
      const root = { user: accessKey, password: secretKey };
      const address = { environment: 'test', host: 'localhost', port: new URL(endpoint).port };
      writeFileSync(join(secrets, 'mc.json'), filled('mc.json.ctmpl', { ...root, ...address }));
      writeFileSync(join(secrets, 'ca.crt'), authority);
      for (const user of USERS)
        writeFileSync(join(secrets, `user-${user}`), filled('minio-user.ctmpl', keys[user]!));
      // As the ConfigMap is mounted: what its kustomization names, and nothing else.
      mkdirSync(join(folder.path, 'configuration'));
      for (const [, file] of readFileSync(join(deploy, 'minio/kustomization.yaml'), 'utf8').matchAll(
        /^ {6}- (\S+)$/gm,
      ))
        copyFileSync(join(deploy, 'minio', file!), join(folder.path, 'configuration', file!));
      first = setUp('first');
    });
    afterAll(async () => {
      for (const client of clients) client.destroy();
      await minio?.remove();
      folder.remove();
    });

    const clientOf = (accessKeyId: string, secretAccessKey: string): S3Client => {
      const client = new S3Client({
        endpoint: minio.connection.endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId, secretAccessKey },
        requestHandler: { httpsAgent: { ca: authority, servername: 'localhost' } },
      });
      clients.push(client);
      return client;
    };
    const as = (user: string): S3Client => clientOf(keys[user]!.accessKey, keys[user]!.secretKey);
    const root = (): S3Client => clientOf(minio.connection.accessKey, minio.connection.secretKey);
    const refused = { name: 'AccessDenied' };

    test('it ends well, and says no key', () => {
      expect([first.status, first.stderr]).toEqual([0, expect.not.stringContaining('ERROR')]);
      for (const { secretKey } of [...Object.values(keys), minio.connection])
        expect(first.stdout + first.stderr).not.toContain(secretKey);
    });

    test('both buckets are there; that of the backups keeps versions, and what is old goes after a month', async () => {
      const { Buckets } = await root().send(new ListBucketsCommand({}));
      expect(Buckets!.map(({ Name }) => Name)).toEqual(expect.arrayContaining([SITE, BACKUPS]));
      expect((await root().send(new GetBucketVersioningCommand({ Bucket: BACKUPS }))).Status).toBe('Enabled');
      const { Rules } = await root().send(new GetBucketLifecycleConfigurationCommand({ Bucket: BACKUPS }));
      expect(Rules).toMatchObject([
        { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
      ]);
    });

    test('running it again changes nothing, and what was stored is there', async () => {
      await as('site').send(new PutObjectCommand({ Bucket: SITE, Key: 'media/kept', Body: 'kept' }));
      const second = setUp('second');
      expect([second.status, second.stderr]).toEqual([0, expect.any(String)]);
      const { Body } = await as('site').send(new GetObjectCommand({ Bucket: SITE, Key: 'media/kept' }));
      expect(await Body!.transformToString()).toBe('kept');
      const { Rules } = await root().send(new GetBucketLifecycleConfigurationCommand({ Bucket: BACKUPS }));
      expect(Rules).toHaveLength(1);
    });

    test('new keys of a user are taken over', async () => {
      const site = keys['site']!;
      const before = site.secretKey;
      site.secretKey = randomBytes(24).toString('hex');
      writeFileSync(join(secrets, 'user-site'), filled('minio-user.ctmpl', site));
      expect(setUp('rotated').status).toBe(0);
      await as('site').send(new GetObjectCommand({ Bucket: SITE, Key: 'media/kept' }));
      await expect(
        clientOf(site.accessKey, before).send(new ListObjectsV2Command({ Bucket: SITE })),
      ).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    });

    test('the site does all in its bucket, and sees nothing of another', async () => {
      const site = as('site');
      await site.send(new PutObjectCommand({ Bucket: SITE, Key: 'media/one', Body: 'one' }));
      await site.send(new DeleteObjectCommand({ Bucket: SITE, Key: 'media/one' }));
      for (const Bucket of [BACKUPS, 'somebody-elses'])
        await expect(site.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(refused);
    });

    test('who writes backups removes none, and does not change how they are kept', async () => {
      const writer = as('backup-writer');
      await writer.send(new PutObjectCommand({ Bucket: BACKUPS, Key: 'backups/one', Body: 'one' }));
      await writer.send(new GetObjectCommand({ Bucket: BACKUPS, Key: 'backups/one' }));
      for (const command of [
        new DeleteObjectCommand({ Bucket: BACKUPS, Key: 'backups/one' }),
        new PutObjectCommand({ Bucket: SITE, Key: 'media/x', Body: 'x' }),
      ])
        await expect(writer.send(command as PutObjectCommand)).rejects.toMatchObject(refused);
      await expect(
        writer.send(
          new PutBucketVersioningCommand({
            Bucket: BACKUPS,
            VersioningConfiguration: { Status: 'Suspended' },
          }),
        ),
      ).rejects.toMatchObject(refused);
    });

    test('who removes backups writes none', async () => {
      const pruner = as('backup-pruner');
      await expect(
        pruner.send(new PutObjectCommand({ Bucket: BACKUPS, Key: 'backups/two', Body: 'two' })),
      ).rejects.toMatchObject(refused);
      await pruner.send(new DeleteObjectCommand({ Bucket: BACKUPS, Key: 'backups/one' }));
      await expect(
        pruner.send(new GetObjectCommand({ Bucket: BACKUPS, Key: 'backups/one' })),
      ).rejects.toMatchObject({ name: 'NoSuchKey' });
    });

    test('who shows how the backups are sees what there is, and reads none', async () => {
      for (const name of ['dump.sql.gz', 'manifest.json'])
        await as('backup-writer').send(
          new PutObjectCommand({ Bucket: BACKUPS, Key: `backups/three/${name}`, Body: name }),
        );
      const reader = as('backup-reader');
      const { Contents } = await reader.send(
        new ListObjectsV2Command({ Bucket: BACKUPS, Prefix: 'backups/three/' }),
      );
      expect(Contents).toHaveLength(2);
      const manifest = { Bucket: BACKUPS, Key: 'backups/three/manifest.json' };
      await reader.send(new GetObjectCommand(manifest));
      for (const command of [
        new GetObjectCommand({ Bucket: BACKUPS, Key: 'backups/three/dump.sql.gz' }),
        new PutObjectCommand({ ...manifest, Body: 'x' }),
        new DeleteObjectCommand(manifest),
        new ListObjectsV2Command({ Bucket: SITE }),
      ])
        await expect(reader.send(command as GetObjectCommand)).rejects.toMatchObject(refused);
    });

    // The blocks of docs/backups.md that begin with mc, for the same store: a bucket of its own for each.
    const blocks = [
      ...readFileSync(join(repository, 'docs/backups.md'), 'utf8').matchAll(/```sh\n(.*?)```/gs),
    ]
      .map(([, text]) => text!)
      .filter((text) => text.startsWith('mc '));

    test('docs/backups.md says it as it works, and its keys sign in', async () => {
      expect(blocks).toHaveLength(2);
      const here = join(folder.path, 'by-hand');
      mkdirSync(here);
      symlinkSync(deploy, join(here, 'deploy'));
      for (const [at, text] of blocks.entries()) {
        const run = spawnSync('sh', ['-euc', text.replaceAll(BACKUPS, `${BACKUPS}-by-hand-${at}`)], {
          encoding: 'utf8',
          cwd: here,
          env: { ...environment('second'), MC_CONFIG_DIR: join(folder.path, 'second/mc') },
        });
        expect([run.status, run.stderr, text]).toEqual([0, '', text]);
      }
      for (const who of ['writer', 'pruner', 'reader']) {
        const file = join(here, `backup-${who}.keys`);
        expect(statSync(file).mode & 0o077).toBe(0);
        const [accessKey, secretKey] = readFileSync(file, 'utf8').split('\n');
        await clientOf(accessKey!, secretKey!).send(new ListObjectsV2Command({ Bucket: BACKUPS }));
      }
    });
  });
