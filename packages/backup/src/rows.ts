/** Rows as texts, out of one database and into another, a few at a time. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '@homepage/site';
import { quoteName, type Field } from './copy-text.ts';
import type { Column, Sequence, TableContent, TableShape } from './content.ts';

/** So much is in memory at once, about; a single row may be larger. */
const BATCH_BYTES = 2 * 1024 * 1024;
const MOST_ROWS = 1000;

export const rowsAtOnce = ({ rows, bytes }: Pick<TableContent, 'rows' | 'bytes'>): number =>
  rows === 0 ? MOST_ROWS : Math.max(1, Math.min(MOST_ROWS, Math.floor(BATCH_BYTES / (bytes / rows + 1))));

/** In a transaction: the rows are those of its snapshot. */
export async function* readRows(
  trx: Kysely<Tables>,
  { name, columns }: TableShape,
  atOnce: number,
): AsyncGenerator<Field[][]> {
  const list = columns.map((column) => `${quoteName(column.name)}::text`).join(', ');
  await sql`declare homepage_rows no scroll cursor for select ${sql.raw(list)} from ${sql.id('public', name)}`.execute(
    trx,
  );
  for (;;) {
    const { rows } = await sql<Record<string, Field>>`
      fetch forward ${sql.lit(atOnce)} from homepage_rows`.execute(trx);
    if (rows.length === 0) break;
    yield rows.map((row) => columns.map((column) => row[column.name]!));
  }
  await sql`close homepage_rows`.execute(trx);
}

/** @param rows fields in the order of `columns` */
export async function insertRows(
  trx: Kysely<Tables>,
  table: string,
  columns: Column[],
  rows: Field[][],
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const places = columns.map((_column, at) => `c${at}`);
  const values = columns.map(({ type }, at) => `c${at}::${type}`).join(', ');
  const arrays = columns.map((_column, at) => sql`${rows.map((row) => row[at]!)}::text[]`);
  await sql`
    insert into ${sql.id('public', table)} (${sql.raw(names)}) overriding system value
    select ${sql.raw(values)} from unnest(${sql.join(arrays)}) as rows(${sql.raw(places.join(', '))})`.execute(
    trx,
  );
}

export async function setSequence(trx: Kysely<Tables>, { name, value, called }: Sequence): Promise<void> {
  await sql`select setval(${`public.${quoteName(name)}`}::regclass, ${value}::bigint, ${called})`.execute(
    trx,
  );
}
