/** A backup, fetched, checked and restored into an embedded database that is thrown away. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Kysely, sql } from 'kysely';
import { openDatabase, Problem, type Database } from '@homepage/platform';
import { migrateTo, migrations, type Tables } from '@homepage/site';
import { measure, readShape, useNeutralTexts, type TableContent } from './content.ts';
import { decodeRow, quoteName, type Field } from './copy-text.ts';
import { DumpReader } from './dump-reader.ts';
import type { Transform } from './encryption.ts';
import { dropIndexes } from './indexes.ts';
import { backupKey } from './keys.ts';
import { damaged, type Manifest } from './manifest.ts';
import type { OnProgress } from './progress.ts';
import { insertRows, setSequence } from './rows.ts';
import { Meter } from './streams.ts';
import type { Target } from './target.ts';

export type ThrowawayOptions = {
  target: Target;
  manifest: Manifest;
  decrypt: Transform;
  /** an empty one; the database is in `data` below it, as a data folder */
  folder: string;
  /** a prepared database of this release, for a quick start */
  template: string;
  /** false: rows are read out of it and nothing else, so that it needs none */
  indexes: boolean;
  onProgress: OnProgress;
};

export const dataFolderIn = (folder: string): string => join(folder, 'data');

/**
 * Restores and compares. Whoever gets the database closes it.
 * @throws Problem BACKUP_DAMAGED, BACKUP_DIFFERS, BACKUP_NEWER, BACKUP_WRONG_KEY
 */
export async function restoreThrowaway(options: ThrowawayOptions): Promise<Database<Tables>> {
  const { manifest, folder, template } = options;
  const known = Object.keys(migrations);
  const unknown = manifest.migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Problem(
      'BACKUP_NEWER',
      `The backup ${manifest.id} has ${unknown.join(', ')}, which this release does not know.`,
      { fix: `Use release ${manifest.program} or a newer one.` },
    );
  }
  const file = await fetchDump(options);
  const newest = manifest.migrations.at(-1)!;
  const database = await openDatabase<Tables>({
    dataDir: dataFolderIn(folder),
    template: newest === known.at(-1) ? template : undefined,
    command: 'homepage backup',
    mode: 'own',
  });
  try {
    await migrateTo(database.db, newest);
    await load(database.db, file, options);
    const content = await measureAll(database.db);
    requireSame(manifest.tables, content, manifest.id);
    return database;
  } catch (error) {
    await database.close().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

export function measureAll(db: Kysely<Tables>): Promise<TableContent[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await useNeutralTexts(trx);
      return measure(trx, await readShape(trx));
    });
}

/** @throws Problem BACKUP_DIFFERS naming the first table */
function requireSame(expected: TableContent[], actual: TableContent[], id: string): void {
  const names = new Set([...expected, ...actual].map(({ name }) => name));
  for (const name of names) {
    const [was, is] = [expected, actual].map((tables) => tables.find((table) => table.name === name));
    if (was && is && was.rows === is.rows && was.hash === is.hash) continue;
    const what =
      was && is && was.rows === is.rows
        ? `other rows of ${name} than the database had`
        : `${is?.rows ?? 'no'} rows of ${name} instead of ${was?.rows ?? 'none'}`;
    throw new Problem('BACKUP_DIFFERS', `Restored, the backup ${id} has ${what}.`, {
      field: name,
      fix: 'Use another backup: `homepage backup list` shows which ones are verified.',
    });
  }
}

/** The whole object lies here and is what was stored, before anything is made of it. */
async function fetchDump({ target, manifest, folder, onProgress }: ThrowawayOptions): Promise<string> {
  const { id, dump } = manifest;
  const file = join(folder, 'dump');
  const { body } = await target.get(backupKey(id, dump.object));
  const meter = new Meter((bytes) => onProgress('downloading', bytes, dump.bytes, target.name));
  await pipeline(meter.watch(body as AsyncIterable<Buffer>), createWriteStream(file, { mode: 0o600 }));
  const { bytes, sha256 } = meter.digest();
  if (bytes !== dump.bytes) throw damaged(id, dump.object, `has ${bytes} bytes instead of ${dump.bytes}`);
  if (sha256 !== dump.sha256) throw damaged(id, dump.object, 'has other bytes than were stored');
  return file;
}

async function load(db: Kysely<Tables>, file: string, options: ThrowawayOptions): Promise<void> {
  const { manifest, decrypt, indexes, onProgress } = options;
  const { id, dump } = manifest;
  const plain = new Meter((bytes) => onProgress('restoring', bytes, dump.plainBytes, ''));
  const source = plain.watch(unzipped(decrypt(createReadStream(file) as AsyncIterable<Buffer>)));
  await db.transaction().execute(async (trx) => {
    await useNeutralTexts(trx);
    // Tables come in the dump's order; that they fit together is known from where they come from, and compared below.
    await sql`set local session_replication_role = replica`.execute(trx);
    const shape = new Map((await readShape(trx)).map((table) => [table.name, table]));
    const all = [...shape.keys()].map((name) => `public.${quoteName(name)}`).join(', ');
    await sql`truncate ${sql.raw(all)}`.execute(trx);
    const makeIndexes = await dropIndexes(trx, [...shape.keys()]);
    const reader = new DumpReader();
    let table = '';
    let columns: { name: string; type: string }[] = [];
    let rows: Field[][] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      await insertRows(trx, table, columns, rows);
      rows = [];
      size = 0;
    };
    for await (const chunk of source) {
      for (const part of reader.push(chunk)) {
        if (part.kind === 'rows') {
          for (const line of part.lines) {
            rows.push(decodeRow(line));
            size += line.length;
            if (rows.length >= 1000 || size > 2_000_000) await flush();
          }
          continue;
        }
        await flush();
        if (part.kind === 'sequence') {
          await setSequence(trx, part);
          continue;
        }
        table = part.table;
        const types = new Map(shape.get(table)?.columns.map(({ name, type }) => [name, type]));
        columns = part.columns.map((name) => ({ name, type: types.get(name) ?? '' }));
        if (columns.some(({ type }) => type === ''))
          throw damaged(id, dump.object, `has a table ${table} that its schema does not have`);
      }
    }
    await flush();
    reader.end();
    if (indexes) await makeIndexes();
  });
  if (plain.digest().sha256 !== dump.plainSha256) throw damaged(id, dump.object, 'holds another dump');
}

async function* unzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const filled = pipeline(Readable.from(source, { objectMode: false }), gunzip);
  filled.catch(() => {}); // shows while gunzip is read, and below
  yield* gunzip as AsyncIterable<Buffer>;
  await filled;
}
