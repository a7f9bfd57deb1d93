/** Mutual TLS to PostgreSQL: who gets in, who does not, and who may do what. */
import { connect as connectPlain } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  serialShown,
  startPostgresql,
  type Authority,
  type Bundle,
  type PostgresqlServer,
} from '@homepage/testkit/services';
import type { Tls } from '../secrets/secret-files.ts';
import { explainDatabaseError } from './explain.ts';
import { openDatabase, type Database, type DatabaseServer } from './open.ts';

describe.skipIf(missing('postgresql'))('PostgreSQL over mutual TLS', () => {
  let authority: Authority;
  let server: PostgresqlServer;
  const open: Database<never>[] = [];
  beforeAll(async () => {
    authority = await makeAuthority();
    server = await startPostgresql(authority);
    await as('homepage-migrate', 'homepage_owner').then((owner) =>
      sql`create table things (id integer primary key)`.execute(owner.db),
    );
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.close()));
  });
  afterAll(() => server?.remove());

  const tlsOf = (bundle: Bundle) => ({
    cert: bundle['tls.crt'],
    key: bundle['tls.key'],
    ca: bundle['ca.crt'],
  });

  async function connect(target: DatabaseServer): Promise<Database<never>> {
    const database = await openDatabase<never>({
      server: target,
      dataDir: '/nowhere',
      command: 'test',
      mode: 'own',
    });
    open.push(database);
    await sql`select 1`.execute(database.db);
    return database;
  }

  async function as(name: string, user: string, from = authority, days = 30): Promise<Database<never>> {
    const bundle = await from.issue({ name, purpose: 'client', days });
    return connect({ ...server.connection(user), tls: { ...tlsOf(bundle), ca: authority.certificate } });
  }

  test('the certificate is the password, and the connection is TLS 1.3', async () => {
    const { db } = await as('homepage-api', 'homepage_app');
    const { rows } = await sql<{ user: string; version: string }>`
      select current_user as "user", version from pg_stat_ssl where pid = pg_backend_pid()`.execute(db);
    expect(rows).toEqual([{ user: 'homepage_app', version: 'TLSv1.3' }]);
  });

  test('no certificate: refused', async () => {
    const ca = authority.certificate;
    const refused = connect({
      url: `postgres://homepage_app@127.0.0.1:${server.port}/homepage`,
      tls: { ca } as never,
    });
    const problem = explainDatabaseError(await refused.catch((error: unknown) => error));
    expect(problem).toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  test('a certificate of another authority: refused', async () => {
    const stranger = await makeAuthority('Somebody else');
    const error = await as('homepage-api', 'homepage_app', stranger).catch((cause: unknown) => cause);
    expect(explainDatabaseError(error)).toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  test('a certificate that has ended: refused', async () => {
    const error = await as('homepage-api', 'homepage_app', authority, -1).catch((cause: unknown) => cause);
    expect(explainDatabaseError(error)).toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  test.each([
    ['another name', 'somebody', 'homepage_app'],
    ['the application as the owner', 'homepage-api', 'homepage_owner'],
    ['the exporter as the application', 'homepage-exporter', 'homepage_app'],
    ['anybody as the superuser', 'homepage-migrate', 'postgres'],
    ['the application as the reloader', 'homepage-api', 'homepage_reloader'],
    ['the reloader as the application', 'homepage-reloader', 'homepage_app'],
  ])('%s: refused', async (_name, name, user) => {
    const error = await as(name, user).catch((cause: unknown) => cause);
    expect(explainDatabaseError(error)).toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  test('plaintext: refused', async () => {
    const url = `postgres://homepage_app@127.0.0.1:${server.port}/homepage?sslmode=disable`;
    const error = await connect({ url }).catch((cause: unknown) => cause);
    expect(String(error)).toContain('pg_hba.conf rejects connection');
    expect(explainDatabaseError(error)).toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  test('a server with a certificate of another authority, or another name, is not talked to', async () => {
    const bundle = await authority.issue({ name: 'homepage-api', purpose: 'client' });
    const stranger = await makeAuthority('Somebody else');
    const elsewhere = { ...tlsOf(bundle), ca: stranger.certificate };
    const target = server.connection('homepage_app');
    const meet = async (tls: Tls): Promise<unknown> => {
      const error = await connect({ ...target, tls }).catch((cause: unknown) => cause);
      return explainDatabaseError(error)?.code;
    };
    expect(await meet(elsewhere)).toBe('DATABASE_UNTRUSTED');
    server.useCertificate(await authority.issue({ name: 'elsewhere', purpose: 'server', addresses: [] }));
    server.service.reload();
    await expect.poll(() => meet(tlsOf(bundle))).toBe('DATABASE_UNTRUSTED');
    server.useCertificate(await authority.issue({ name: 'homepage-postgresql', purpose: 'server' }));
    server.service.reload();
    await expect.poll(() => meet(tlsOf(bundle))).toBeUndefined();
  });

  test('the application writes rows and changes no schema', async () => {
    const { db } = await as('homepage-api', 'homepage_app');
    await sql`insert into things values (1)`.execute(db);
    await sql`update things set id = 2`.execute(db);
    await sql`delete from things`.execute(db);
    for (const statement of [
      'create table more (id integer)',
      'alter table things add column name text',
      'drop table things',
      'truncate things',
      'create schema own',
      'create role somebody',
    ]) {
      const error = await sql
        .raw(statement)
        .execute(db)
        .catch((cause: unknown) => cause);
      expect([statement, explainDatabaseError(error)?.code]).toEqual([statement, 'DATABASE_DENIED']);
    }
  });

  test('the backup reads everything and writes nothing; the exporter reads no row', async () => {
    const backup = await as('homepage-backup', 'homepage_backup');
    expect((await sql`select * from things`.execute(backup.db)).rows).toEqual([]);
    const exporter = await as('homepage-exporter', 'homepage_exporter');
    await sql`select * from pg_stat_activity`.execute(exporter.db);
    for (const [who, statement] of [
      [backup, 'insert into things values (1)'],
      [exporter, 'select * from things'],
    ] as const) {
      const error = await sql
        .raw(statement)
        .execute(who.db)
        .catch((cause: unknown) => cause);
      expect(explainDatabaseError(error)?.code).toBe('DATABASE_DENIED');
    }
  });

  describe('the reloader', () => {
    test('makes the server read its files again', async () => {
      const { db } = await as('homepage-reloader', 'homepage_reloader');
      const { rows } = await sql<{ done: boolean }>`select pg_reload_conf() as done`.execute(db);
      expect(rows).toEqual([{ done: true }]);
    });

    test.each([
      'create table public.more (id integer)',
      'create temporary table more (id integer)',
      'create schema own',
      'create role somebody',
      'set role homepage_owner',
      "alter system set ssl = 'off'",
      "set ssl = 'off'",
      "select pg_read_file('postgresql.conf')",
      "select pg_ls_dir('.')",
      'select pg_rotate_logfile()',
      'alter role homepage_reloader connection limit -1',
      "copy (select 1) to program 'true'",
      "copy (select 1) to '/tmp/homepage-copied'",
      'select * from pg_authid',
      'select * from pg_hba_file_rules',
    ])('may not: %s', async (statement) => {
      const { db } = await as('homepage-reloader', 'homepage_reloader');
      const error = await sql
        .raw(statement)
        .execute(db)
        .catch((cause: unknown) => cause);
      expect(['42501', '55P02']).toContain((error as { code?: string }).code);
    });

    test('does not get into the database of the site, and nobody else into its own', async () => {
      const target = (user: string, database: string): DatabaseServer => ({
        ...server.connection(user),
        database,
      });
      for (const [name, user, database] of [
        ['homepage-reloader', 'homepage_reloader', 'homepage'],
        ['homepage-api', 'homepage_app', 'postgres'],
      ] as const) {
        const bundle = await authority.issue({ name, purpose: 'client' });
        const error = await connect({ ...target(user, database), tls: tlsOf(bundle) }).catch(
          (cause: unknown) => cause,
        );
        expect(explainDatabaseError(error)).toMatchObject({ code: 'DATABASE_REFUSED' });
      }
    });
  });

  test('a statement that hangs ends by itself', async () => {
    const { db } = await as('homepage-api', 'homepage_app');
    const { rows } = await sql<{ name: string; setting: string }>`
      select name, setting from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by 1`.execute(
      db,
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['30000', '3000', '5000']);
  });

  test('the server takes a renewed certificate of its own at a reload; who is connected stays so', async () => {
    const before = (await as('homepage-api', 'homepage_app')).db;
    const renewed = await authority.issue({ name: 'homepage-postgresql', purpose: 'server' });
    server.useCertificate(renewed);
    server.service.reload();
    await expect
      .poll(() => serialShown(server.port, { postgresql: true }))
      .toBe(new X509Certificate(renewed['tls.crt']).serialNumber);
    await sql`select 1`.execute(before);
  });

  describe('another certificate', () => {
    const connection = () => server.connection('homepage_app');
    const bundleFor = (name: string) => authority.issue({ name, purpose: 'client' });
    const serialNow = async ({ db }: Database<never>): Promise<bigint> => {
      const { rows } = await sql<{ serial: string }>`
        select client_serial::text as serial from pg_stat_ssl where pid = pg_backend_pid()`.execute(db);
      return BigInt(rows[0]!.serial);
    };
    const serialIn = (bundle: Bundle): bigint =>
      BigInt(`0x${new X509Certificate(bundle['tls.crt']).serialNumber}`);

    test('is taken while queries go on, and none of them fails', async () => {
      const first = await bundleFor('homepage-api');
      const database = await connect({ ...connection(), tls: tlsOf(first) });
      expect(await serialNow(database)).toBe(serialIn(first));
      let asking = true;
      let asked = 0;
      const failures: unknown[] = [];
      // More than there are connections: some are waiting for one when it happens.
      const askers = Array.from({ length: 30 }, async () => {
        while (asking) {
          asked++;
          await sql`select pg_sleep(0.01)`
            .execute(database.db)
            .catch((error: unknown) => failures.push(error));
        }
      });
      for (let round = 0; round < 5; round++) {
        const next = await bundleFor('homepage-api');
        await database.renew({ ...connection(), tls: tlsOf(next) });
        expect(await serialNow(database)).toBe(serialIn(next));
      }
      await expect.poll(() => asked).toBeGreaterThan(100);
      asking = false;
      await Promise.all(askers);
      expect(failures).toEqual([]);
      const count = "select count(*) from pg_stat_activity where usename = 'homepage_app'";
      await expect.poll(() => Number(server.sql(count))).toBeLessThanOrEqual(10);
    });

    test('that the server refuses changes nothing', async () => {
      const first = await bundleFor('homepage-api');
      const database = await connect({ ...connection(), tls: tlsOf(first) });
      const stranger = await (await makeAuthority()).issue({ name: 'homepage-api', purpose: 'client' });
      const refused = [
        tlsOf(await bundleFor('somebody-else')),
        { ...tlsOf(stranger), ca: authority.certificate },
        { ...tlsOf(first), ca: stranger['ca.crt'] },
      ];
      for (const tls of refused) await expect(database.renew({ ...connection(), tls })).rejects.toThrow();
      await expect(database.renew({ ...connection(), port: 1, tls: tlsOf(first) })).rejects.toThrow();
      expect(await serialNow(database)).toBe(serialIn(first));
    });
  });

  test('a connection that ends while it is held, and not asked, is told by the next query', async () => {
    const { db } = await as('homepage-api', 'homepage_app');
    const error = await db.connection().execute(async (held) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(held);
      const { pid } = rows[0]!;
      server.sql(`select pg_terminate_backend(${pid})`);
      await expect
        .poll(() => server.sql(`select count(*) from pg_stat_activity where pid = ${pid}`))
        .toBe('0');
      await new Promise((done) => setTimeout(done, 100));
      return sql`select 1`.execute(held).catch((cause: unknown) => cause);
    });
    expect(explainDatabaseError(error)?.code).toBe('DATABASE_GONE');
  });

  test('nobody who only opens a connection keeps the server busy', async () => {
    const socket = connectPlain(server.port, '127.0.0.1');
    await once(socket, 'connect');
    await as('homepage-api', 'homepage_app');
    socket.destroy();
  });
});
