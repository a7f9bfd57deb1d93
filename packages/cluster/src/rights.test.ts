/** deploy/postgresql/ha/rights.sql, run as CloudNativePG runs it, gives what roles.sql gives: on a real PostgreSQL. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority, startPostgresql, type PostgresqlServer } from '@homepage/testkit/services';

const file = resolve(import.meta.dirname, '../../../deploy/postgresql/ha/rights.sql');

/** Whatever is said of roles and of what they may do; the reloader is the one server's own. */
const SAID = `
  select 'role ' || rolname || ' ' || rolcanlogin || rolsuper || rolcreatedb || ' ' || coalesce(rolconfig::text, '')
  from pg_roles where rolname ~ '^homepage_' and rolname <> 'homepage_reloader'
  union all
  select 'member ' || member::regrole || ' of ' || roleid::regrole
  from pg_auth_members where member::regrole::text ~ '^homepage_'
  union all
  select 'database ' || datname || ' of ' || datdba::regrole || ' ' || item::text
  from pg_database, unnest(datacl) item
  where datname in ('homepage', 'postgres') and item::text not like 'homepage_reloader=%'
  union all
  select 'schema ' || nspname || ' ' || item::text from pg_namespace, unnest(nspacl) item where nspname = 'public'
  union all
  select 'default ' || defaclrole::regrole || ' ' || defaclobjtype::text || ' ' || item::text
  from pg_default_acl, unnest(defaclacl) item
  order by 1`;

describe.skipIf(missing('postgresql'))('PostgreSQL of several', () => {
  let server: PostgresqlServer;
  beforeAll(async () => {
    server = await startPostgresql(await makeAuthority());
  }, 60_000);
  afterAll(() => server?.remove());

  test('has roles with the rights of the one', () => {
    const ofOne = server.sql(SAID, 'homepage');
    expect(ofOne).toContain('default homepage_owner');
    // As the operator leaves it: a database with its owner, and nothing taken from anybody.
    for (const statement of [
      'drop database homepage',
      'drop role homepage_app, homepage_backup, homepage_exporter',
      'alter role homepage_owner reset all',
      'grant connect, temporary on database postgres to public',
      "create database homepage owner homepage_owner template template0 encoding 'UTF8'",
    ])
      server.sql(statement, 'postgres');
    expect(server.sql(SAID, 'homepage')).not.toBe(ofOne);
    server.sql(readFileSync(file, 'utf8'), 'homepage');
    expect(server.sql(SAID, 'homepage')).toBe(ofOne);
  });
});
