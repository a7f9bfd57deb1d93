/** What a database holds, table by table, in a form that two databases can be compared by, whatever their versions. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '@homepage/site';
import { quoteName } from './copy-text.ts';

export type TableContent = {
  name: string;
  rows: number;
  /** of the rows' texts, in bytes */
  bytes: number;
  /** the same for the same rows, in any order */
  hash: string;
};

export type Column = { name: string; type: string };
export type TableShape = { name: string; columns: Column[]; references: string[] };
export type Sequence = { name: string; value: string; called: boolean };

/** Texts of values depend on these; only for the transaction that it is called in. */
export async function useNeutralTexts(trx: Kysely<Tables>): Promise<void> {
  for (const [name, value] of Object.entries({
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'postgres',
    bytea_output: 'hex',
    extra_float_digits: '1',
    search_path: 'public',
    statement_timeout: '0',
    idle_in_transaction_session_timeout: '0',
  }))
    await sql`select set_config(${name}, ${value}, true)`.execute(trx);
}

/** Every table of the site, those that others refer to first. */
export async function readShape(db: Kysely<Tables>): Promise<TableShape[]> {
  const { rows } = await sql<{ table: string; name: string; type: string }>`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by c.relname, a.attname`.execute(db);
  const references = await sql<{ table: string; to: string }>`
    select child.relname as table, parent.relname as to
    from pg_constraint f join pg_class child on child.oid = f.conrelid join pg_class parent on parent.oid = f.confrelid
    where f.contype = 'f' and child.relnamespace = 'public'::regnamespace and child.oid <> parent.oid`.execute(
    db,
  );
  const shapes = Map.groupBy(rows, ({ table }) => table);
  return parentsFirst(
    [...shapes].map(([name, columns]) => ({
      name,
      columns: columns.map(({ name: column, type }) => ({ name: column, type })),
      references: references.rows.filter(({ table }) => table === name).map(({ to }) => to),
    })),
  );
}

/** @throws Error for tables that refer to each other in a circle */
export function parentsFirst(tables: TableShape[]): TableShape[] {
  const sorted: TableShape[] = [];
  let left = tables;
  while (left.length > 0) {
    const open = new Set(left.map(({ name }) => name));
    const free = left.filter(({ references }) => references.every((name) => !open.has(name)));
    if (free.length === 0) throw new Error(`these tables refer to each other: ${[...open].join(', ')}`);
    sorted.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return sorted;
}

/**
 * Counts and hashes all rows. The hash of a table is the sum of its rows' hashes, so their order does not matter and the
 * database needs no memory for it.
 */
export async function measure(trx: Kysely<Tables>, tables: TableShape[]): Promise<TableContent[]> {
  const contents: TableContent[] = [];
  for (const { name, columns } of tables) {
    const row = sql.raw(`row(${columns.map((column) => quoteName(column.name)).join(', ')})::text`);
    const { rows } = await sql<{ rows: number; bytes: string; first: string; second: string }>`
      select count(*) as rows, coalesce(sum(octet_length(row_text)), 0)::text as bytes,
        coalesce(sum(('x' || substr(hash, 1, 16))::bit(64)::bigint::numeric), 0)::text as first,
        coalesce(sum(('x' || substr(hash, 17, 16))::bit(64)::bigint::numeric), 0)::text as second
      from (
        select row_text, encode(sha256(convert_to(row_text, 'UTF8')), 'hex') as hash
        from (select ${row} as row_text from ${sql.id('public', name)}) as texts
      ) as hashes`.execute(trx);
    const { rows: count, bytes, first, second } = rows[0]!;
    contents.push({ name, rows: count, bytes: Number(bytes), hash: `${first}:${second}` });
  }
  return contents;
}

export async function readSequences(trx: Kysely<Tables>): Promise<Sequence[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'S' and relnamespace = 'public'::regnamespace order by relname`.execute(trx);
  const sequences: Sequence[] = [];
  for (const { name } of rows) {
    const state = await sql<{ value: string; called: boolean }>`
      select last_value::text as value, is_called as called from ${sql.id('public', name)}`.execute(trx);
    sequences.push({ name, ...state.rows[0]! });
  }
  return sequences;
}

/** Names of the migrations that made the schema. */
export async function readMigrations(trx: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(trx);
  return rows.map(({ name }) => name);
}

export async function serverVersion(trx: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select split_part(current_setting('server_version'), ' ', 1) as version`.execute(trx);
  return rows[0]!.version;
}
