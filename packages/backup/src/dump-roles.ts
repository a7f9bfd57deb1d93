/**
 * The roles of a server as SQL, for a person to read or run: what they may, their settings and memberships, never passwords.
 * `pg_dumpall --globals-only` writes the same, but starts pg_dump through a shell, and images have none.
 */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '@homepage/site';

/** Their values are lists; PostgreSQL keeps each element quoted as a name. */
const LISTS =
  /^(search_path|temp_tablespaces|(local|session|shared)_preload_libraries|unix_socket_directories)$/;
const ELEMENT = /"((?:[^"]|"")*)"|[^,\s]+/g;

/** @param db of any role: nothing here is secret to one that may sign in */
export async function dumpRoles(db: Kysely<Tables>): Promise<string> {
  const roles = await sql<{ line: string }>`
    select concat_ws(E'\n',
      format('CREATE ROLE %I;', rolname),
      format('ALTER ROLE %I WITH ', rolname) || concat_ws(' ',
        case when rolsuper then 'SUPERUSER' else 'NOSUPERUSER' end,
        case when rolinherit then 'INHERIT' else 'NOINHERIT' end,
        case when rolcreaterole then 'CREATEROLE' else 'NOCREATEROLE' end,
        case when rolcreatedb then 'CREATEDB' else 'NOCREATEDB' end,
        case when rolcanlogin then 'LOGIN' else 'NOLOGIN' end,
        case when rolreplication then 'REPLICATION' else 'NOREPLICATION' end,
        case when rolbypassrls then 'BYPASSRLS' else 'NOBYPASSRLS' end,
        'CONNECTION LIMIT ' || nullif(rolconnlimit, -1),
        'VALID UNTIL ' || quote_literal(rolvaliduntil::text)) || ';',
      format('COMMENT ON ROLE %I IS ', rolname) || quote_literal(shobj_description(oid, 'pg_authid')) || ';') as line
    from pg_roles where rolname !~ '^pg_' order by rolname collate "C"`.execute(db);
  const settings = await sql<{ begin: string; setting: string }>`
    select format('ALTER ROLE %I', rolname) as begin, setting
    from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(setconfig) as setting
    where setdatabase = 0 order by rolname collate "C"`.execute(db);
  // What is inherited and what may be become is there since PostgreSQL 16.
  const members = await sql<{ line: string }>`
    select format('GRANT %I TO %I', r.rolname, m.rolname) || coalesce(' WITH ' || nullif(concat_ws(', ',
        case when a.admin_option then 'ADMIN OPTION' end,
        'INHERIT ' || upper(to_jsonb(a)->>'inherit_option'),
        case when to_jsonb(a)->>'set_option' = 'false' then 'SET FALSE' end), ''), '') || ';' as line
    from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
    where m.rolname !~ '^pg_' order by r.rolname collate "C", m.rolname collate "C"`.execute(db);
  const lines = [
    '-- Roles, without passwords.',
    ...roles.rows.map(({ line }) => line),
    ...settings.rows.map(({ begin, setting }) => `${begin} SET ${assignment(setting)};`),
    ...members.rows.map(({ line }) => line),
  ];
  return `${lines.join('\n')}\n`;
}

/** "name=value" → "name TO 'value'" */
function assignment(setting: string): string {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  const parts = LISTS.test(name)
    ? [...value.matchAll(ELEMENT)].map(([word, quoted]) => quoted?.replaceAll('""', '"') ?? word)
    : [value];
  const plainName = /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  return `${plainName} TO ${(parts.length > 0 ? parts : ['']).map(literal).join(', ')}`;
}

/** Safe whatever standard_conforming_strings is where it is read: a backslash makes it an E string. */
function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}
