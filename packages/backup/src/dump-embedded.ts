/**
 * The rows of an embedded database in the form that pg_dump has. There is no pg_dump beside `npm start`, and none is
 * needed: the schema comes from our migrations, whose names are in the manifest.
 */
import type { Kysely } from 'kysely';
import type { Tables } from '@homepage/site';
import { readSequences, type TableContent, type TableShape } from './content.ts';
import { encodeRow, quoteName } from './copy-text.ts';
import { COMPLETE } from './dump-reader.ts';
import { readRows, rowsAtOnce } from './rows.ts';

/** @param trx the snapshot that `contents` was measured in */
export async function* dumpEmbedded(
  trx: Kysely<Tables>,
  tables: TableShape[],
  contents: TableContent[],
): AsyncGenerator<Buffer> {
  yield Buffer.from(
    '-- Rows of an embedded database of Homepage. The schema comes from `homepage migrate`.\n' +
      "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n",
  );
  for (const table of tables) {
    const content = contents.find(({ name }) => name === table.name)!;
    const columns = table.columns.map(({ name }) => quoteName(name)).join(', ');
    yield Buffer.from(`COPY public.${quoteName(table.name)} (${columns}) FROM stdin;\n`);
    for await (const rows of readRows(trx, table, rowsAtOnce(content)))
      yield Buffer.from(rows.map((row) => `${encodeRow(row)}\n`).join(''));
    yield Buffer.from('\\.\n\n');
  }
  for (const { name, value, called } of await readSequences(trx))
    yield Buffer.from(`SELECT pg_catalog.setval('public.${quoteName(name)}', ${value}, ${called});\n`);
  yield Buffer.from(`\n${COMPLETE}\n`);
}
