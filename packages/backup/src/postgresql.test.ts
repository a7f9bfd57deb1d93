/** The platform shape: PostgreSQL with the roles of deploy/postgresql, and buckets of MinIO. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  openDatabase,
  openStorage,
  storageLocation,
  type Database,
  type DatabaseServer,
  type Settings,
  type Storage,
  type StorageLocation,
} from '@homepage/platform';
import { migrate, type Tables } from '@homepage/site';
import { makeFolder, openTestSite, type TestFolder } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  startMinio,
  startPostgresql,
  type Authority,
  type MinioServer,
  type PostgresqlServer,
} from '@homepage/testkit/services';
import { readCatalog } from './catalog.ts';
import { dumpRoles } from './dump-roles.ts';
import { findPgDump } from './pg-dump.ts';
import { restoreBackup } from './restore.ts';
import { runBackup } from './run.ts';
import { targetStatus } from './status.ts';
import { withTarget } from './target.ts';
import { fill, folderTarget, serve, settingsFor, template } from './test-backup.ts';
import { measureAll } from './throwaway.ts';
import { verifyBackup } from './verify.ts';

describe.skipIf(missing('postgresql', 'minio'))('a backup of PostgreSQL into a bucket', () => {
  let authority: Authority;
  let server: PostgresqlServer;
  let minio: MinioServer;
  let owner: Database<Tables>;
  let app: Database<Tables>;
  let storage: Storage;
  let prepared: string;
  let backupServer: DatabaseServer;
  let ownerServer: DatabaseServer;
  let folder: TestFolder;

  const signIn = async (name: string, role: string): Promise<DatabaseServer> => {
    const bundle = await authority.issue({ name, purpose: 'client' });
    const tls = { cert: bundle['tls.crt'], key: bundle['tls.key'], ca: bundle['ca.crt'] };
    return { ...server.connection(role), tls };
  };
  const open = (to: DatabaseServer) =>
    openDatabase<Tables>({ server: to, dataDir: '/nowhere', command: 'test', mode: 'share' });

  beforeAll(async () => {
    authority = await makeAuthority();
    [server, minio, prepared] = await Promise.all([startPostgresql(authority), startMinio(), template()]);
    ownerServer = await signIn('homepage-migrate', 'homepage_owner');
    backupServer = await signIn('homepage-backup', 'homepage_backup');
    owner = await open(ownerServer);
    await migrate(owner.db);
    app = await open(await signIn('homepage-api', 'homepage_app'));
    storage = await openStorage({ dataDir: '/nowhere', storage: minio.connection });
    await fill({ db: app.db, storage });
  });
  afterAll(async () => {
    await Promise.all([owner?.close(), app?.close()]);
    storage?.close();
    await Promise.all([server?.remove(), minio?.remove()]);
  });
  beforeEach(() => {
    folder = makeFolder();
    return () => folder.remove();
  });

  /** The environment of the job: its own role, and a target. */
  const settings = (): Settings => ({ ...settingsFor(folder.path), database: backupServer });
  let last = 0;
  const bucket = (): StorageLocation => {
    const { endpoint, bucket: name, accessKey, secretKey } = minio.connection;
    return storageLocation(
      `s3://${accessKey}:${secretKey}@${name}/target${++last}?endpoint=${encodeURIComponent(endpoint)}`,
    )!;
  };

  async function run(targets: StorageLocation[], changes: Partial<Settings> = {}) {
    const database = await open(backupServer);
    try {
      return await runBackup({
        settings: { ...settings(), ...changes },
        database,
        storage,
        targets,
        reason: 'scheduled',
        program: 'test',
      });
    } finally {
      await database.close();
    }
  }

  const verify = (location: StorageLocation) =>
    verifyBackup({
      settings: settings(),
      location,
      choice: 'latest',
      program: 'test',
      serve,
      template: prepared,
    });

  const rest = { choice: 'latest', program: 'test', confirm: async () => true } as const;
  const withoutVersion = async (db: Database<Tables>['db']) =>
    (await measureAll(db)).filter(({ name }) => !/^(content_version|kysely_migration)$/.test(name));

  test('with the role that only reads; proven in an embedded database', async () => {
    const target = bucket();
    const { id, targets } = await run([target, folderTarget(join(folder.path, 'off-site'))]);
    expect(targets).toMatchObject([{ ok: true }, { ok: true }]);
    const report = await verify(target);
    expect(report).toMatchObject({ id, media: 1 });
    const roles = readFileSync(join(folder.path, 'off-site/backups', id, 'roles.sql'), 'utf8');
    expect(roles).toContain('CREATE ROLE homepage_backup;');
    expect(roles).not.toContain('PASSWORD');
  });

  test('the roles are those that pg_dumpall writes', async () => {
    server.sql(`
      create role "O'Neill \\ ""x""" login password 'secret' valid until '2031-02-03 04:05:06+00' connection limit 3;
      create role "select" superuser createrole noinherit;
      comment on role "select" is 'it''s';
      alter role "select" set search_path to "$user", "a, b", public;
      alter role "select" set "homepage.note" to 'it''s; so';
      alter role "select" set "DateStyle" to 'ISO, YMD';
      grant "select" to "O'Neill \\ ""x""" with admin option;`);
    try {
      const tls = backupServer.tls!;
      folder.write({ 'tls.crt': tls.cert, 'tls.key': tls.key, 'ca.crt': tls.ca });
      chmodSync(join(folder.path, 'tls.key'), 0o600);
      const { host, port } = server.connection('homepage_backup');
      const { folder: programs } = await findPgDump('1');
      const args = ['--globals-only', '--no-role-passwords', '--database=homepage'];
      const said = execFileSync(join(programs, 'pg_dumpall'), args, {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          PGHOST: host,
          PGPORT: `${port}`,
          PGUSER: 'homepage_backup',
          PGTZ: 'UTC',
          PGSSLMODE: 'verify-full',
          PGSSLCERT: join(folder.path, 'tls.crt'),
          PGSSLKEY: join(folder.path, 'tls.key'),
          PGSSLROOTCERT: join(folder.path, 'ca.crt'),
        },
      });
      // Whoever granted it is not kept: it is whoever runs the file.
      const statements = (text: string) =>
        text
          .split('\n')
          .filter((line) => /^(CREATE|ALTER|COMMENT|GRANT) /.test(line))
          .map((line) => line.replace(/ GRANTED BY .*;$/, ';'))
          .toSorted();
      const database = await open(backupServer);
      const own = await dumpRoles(database.db).finally(() => database.close());
      expect(own).toContain('search_path');
      expect(statements(own)).toEqual(statements(said));
      expect(own).not.toContain('secret');
    } finally {
      server.sql(`drop role "O'Neill \\ ""x"""; drop role "select";`);
    }
  });

  test('is restored while the site is read, in one step', async () => {
    const target = bucket();
    await run([target]);
    const before = await withoutVersion(owner.db);
    await app.db.deleteFrom('entries').where('slug', '=', 'post-1').execute();
    await app.db.updateTable('entries').set({ title: 'Vandals' }).execute();
    const seen = new Set<string>();
    let reading = true;
    const reader = (async () => {
      while (reading) {
        const entries = await app.db.selectFrom('entries').select('title').orderBy('slug').execute();
        seen.add(JSON.stringify(entries.map(({ title }) => title.slice(0, 7))));
      }
    })();
    const report = await restoreBackup({
      ...rest,
      settings: { ...settings(), databaseOwner: ownerServer },
      database: owner,
      storage,
      location: target,
      template: prepared,
      safety: [target],
    });
    reading = false;
    await reader;
    expect(await withoutVersion(owner.db)).toEqual(before);
    const [old, now] = [
      ['Vandals', 'Vandals'],
      ['Post 0 ', 'Post 1 ', 'Post 2 '],
    ].map((titles) => JSON.stringify(titles));
    expect([...seen].filter((titles) => titles !== old && titles !== now)).toEqual([]);
    expect(report?.safetyBackup).toMatch(/^\d{8}T/);
    // The application can go on writing.
    await fill({ db: app.db, storage }, 5);
  });

  test('an embedded site moves to PostgreSQL, and back', async () => {
    const site = await openTestSite();
    await fill(site, 7);
    const there = folderTarget(join(folder.path, 'there'));
    await runBackup({
      settings: settingsFor(site.dataDir),
      database: site,
      storage: site.storage,
      targets: [there],
      reason: 'asked for',
      program: 'test',
    });
    await restoreBackup({
      ...rest,
      settings: { ...settings(), databaseOwner: ownerServer },
      database: owner,
      storage,
      location: there,
      template: prepared,
      safety: [],
    });
    expect(await withoutVersion(owner.db)).toEqual(await withoutVersion(site.db));
    const back = bucket();
    await run([back]);
    const other = await openTestSite();
    await restoreBackup({
      ...rest,
      settings: settingsFor(other.dataDir),
      database: other,
      storage: other.storage,
      location: back,
      template: prepared,
      safety: [],
    });
    expect(await withoutVersion(other.db)).toEqual(await withoutVersion(site.db));
    await Promise.all([site.close(), other.close()]);
  });

  test('two at once: one refuses; one whose holder was killed does not block', async () => {
    const holder = await open(backupServer);
    const target = bucket();
    await holder.db
      .connection()
      .execute(async (connection) => {
        await sql`select pg_advisory_lock(hashtextextended('homepage backup', 0))`.execute(connection);
        await expect(run([target])).rejects.toMatchObject({ code: 'BACKUP_RUNNING' });
        server.sql("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
      })
      .catch(() => {});
    await holder.close();
    // It is told to end; it ends a moment later.
    const locks = "select count(*) from pg_locks where locktype = 'advisory'";
    await expect.poll(() => server.sql(locks), { timeout: 10_000 }).toBe('0');
    expect((await run([target])).targets).toMatchObject([{ ok: true }]);
  });

  test('a pg_dump that is killed leaves no backup, and is told', async () => {
    const target = bucket();
    // It waits for a table that is none of the site's, and so is met while it works.
    server.sql('create schema other; create table other.locked (id integer)');
    server.sql(
      'alter schema other owner to homepage_owner; alter table other.locked owner to homepage_owner',
    );
    await owner.db.transaction().execute(async (trx) => {
      await sql`lock table other.locked in access exclusive mode`.execute(trx);
      const running = run([target]).catch((error: unknown) => error);
      const kill =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'pg_dump' and wait_event_type = 'Lock'";
      await expect.poll(() => server.sql(kill)).toBe('1');
      expect(await running).toMatchObject({ code: 'PG_DUMP_FAILED' });
    });
    server.sql('drop schema other cascade');
    expect(await withTarget(target, readCatalog)).toEqual({ backups: [], unfinished: [] });
    expect(await targetStatus(target)).toMatchObject({
      failures: [{ stage: 'dump', code: 'PG_DUMP_FAILED' }],
    });
  });

  test('a pg_dump that ends in the middle and says that all is well is not believed', async () => {
    const bin = join(folder.path, 'bin');
    folder.write({
      'bin/pg_dump':
        '#!/bin/sh\ncase "$1" in --version) echo "pg_dump (PostgreSQL) 99.0";; *) echo "-- half";; esac\n',
    });
    chmodSync(join(bin, 'pg_dump'), 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}:${path}`;
    const target = bucket();
    await expect(run([target])).rejects.toMatchObject({ code: 'BACKUP_DUMP_CUT_OFF' });
    process.env['PATH'] = path;
    expect(await withTarget(target, readCatalog)).toEqual({ backups: [], unfinished: [] });
  });

  test('a server that is newer than pg_dump is named', async () => {
    await expect(findPgDump('99.1')).rejects.toMatchObject({
      code: 'PG_DUMP_TOO_OLD',
      fix: "Install PostgreSQL's client programs, version 99 or later.",
    });
  });

  test('a bucket that is away, refused or not there: each by name, without its key', async () => {
    const { endpoint, bucket: name, accessKey, secretKey } = minio.connection;
    const at = (url: string) => storageLocation(url)!;
    const { targets } = await run([
      at(`s3://${accessKey}:${secretKey}@${name}?endpoint=http://127.0.0.1:1`),
      at(`s3://${accessKey}:SECRET@${name}?endpoint=${endpoint}`),
      at(`s3://${accessKey}:${secretKey}@renamed?endpoint=${endpoint}`),
    ]);
    const errors = targets.map(({ error }) => error as Error & { code: string });
    expect(errors.map(({ code }) => code)).toEqual([
      'BACKUP_TARGET_AWAY',
      'BACKUP_TARGET_REFUSED',
      'BACKUP_TARGET_REFUSED',
    ]);
    for (const { message } of errors) expect(message).not.toMatch(new RegExp(`SECRET|${secretKey}`));
  });
});
