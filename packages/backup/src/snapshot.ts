/** One moment of a database, dumped and measured in the same transaction, as files that can be uploaded. */
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Kysely, sql } from 'kysely';
import { Problem, type Database, type DatabaseServer } from '@homepage/platform';
import type { Tables } from '@homepage/site';
import {
  measure,
  readMigrations,
  readShape,
  serverVersion,
  useNeutralTexts,
  type TableContent,
} from './content.ts';
import { dumpEmbedded } from './dump-embedded.ts';
import { RowCounter } from './dump-reader.ts';
import { dumpRoles } from './dump-roles.ts';
import { encryption, type Transform } from './encryption.ts';
import type { StoredObjectInfo } from './manifest.ts';
import { findPgDump, pgDump } from './pg-dump.ts';
import type { OnProgress } from './progress.ts';
import { Meter } from './streams.ts';

export type Snapshot = {
  takenAt: Date;
  database: { kind: Database<Tables>['kind']; version: string };
  tool: string;
  migrations: string[];
  tables: TableContent[];
  dump: StoredObjectInfo & { plainBytes: number; plainSha256: string };
  roles: StoredObjectInfo | null;
  media: { hash: string; bytes: number }[];
  /** of an object above */
  open(object: string): ReadStream;
};

export type SnapshotOptions = {
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  /** the same database, for pg_dump; undefined when embedded */
  server: DatabaseServer | undefined;
  /** public keys of age */
  recipients: string[];
  /** for the program's version */
  program: string;
  /** an empty one */
  folder: string;
  onProgress: OnProgress;
};

/** @throws Problem PG_DUMP_…, BACKUP_DUMP_CUT_OFF, BACKUP_INCONSISTENT, DISK_FULL */
export async function takeSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  const { database, server, recipients, folder, onProgress } = options;
  const encrypt = encryption(recipients);
  const ending = recipients.length > 0 ? '.age' : '';
  const begin = database.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return begin.execute(async (trx) => {
    await useNeutralTexts(trx);
    const { rows } = await sql<{ now: Date }>`select now() as now`.execute(trx);
    onProgress('measuring', 0, 0, '');
    const version = await serverVersion(trx);
    const shape = await readShape(trx);
    const tables = await measure(trx, shape);
    const migrations = await readMigrations(trx);
    const media = await trx.selectFrom('media').select(['hash', 'bytes']).orderBy('hash').execute();
    const dumpObject = `dump.sql.gz${ending}`;
    let total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
    const watch = (bytes: number): void => onProgress('dumping', bytes, (total = Math.max(total, bytes)), '');
    let roles: StoredObjectInfo | null = null;
    let tool = `homepage ${options.program}`;
    let source: AsyncIterable<Buffer>;
    if (server) {
      const program = await findPgDump(version);
      tool = `pg_dump ${program.version}`;
      const object = `roles.sql${ending}`;
      const stored = await write(
        Readable.from([Buffer.from(await dumpRoles(trx))]),
        encrypt,
        join(folder, object),
      );
      roles = { object, ...stored };
      source = pgDump(program, server, { snapshot: await exportSnapshot(trx), folder });
    } else {
      source = dumpEmbedded(trx, shape, tables);
    }
    const dump = await writeDump(source, { encrypt, file: join(folder, dumpObject), tables, watch });
    return {
      takenAt: rows[0]!.now,
      database: { kind: database.kind, version },
      tool,
      migrations,
      tables,
      dump: { object: dumpObject, ...dump },
      roles,
      media,
      open: (object: string) => createReadStream(join(folder, object)),
    };
  });
}

async function exportSnapshot(trx: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ snapshot: string }>`select pg_export_snapshot() as snapshot`.execute(trx);
  return rows[0]!.snapshot;
}

type DumpOptions = {
  encrypt: Transform;
  file: string;
  /** what the dump must hold */
  tables: TableContent[];
  watch: (bytes: number) => void;
};

async function writeDump(
  source: AsyncIterable<Buffer>,
  { encrypt, file, tables, watch }: DumpOptions,
): Promise<Omit<Snapshot['dump'], 'object'>> {
  const plain = new Meter(watch);
  const counter = new RowCounter();
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of plain.watch(source)) {
      counter.push(chunk);
      yield chunk;
    }
    counter.end();
  }
  const stored = await write(counted(), (bytes) => encrypt(zipped(bytes)), file);
  for (const { name, rows } of tables) {
    if (counter.rows.get(name) === rows) continue;
    throw new Problem(
      'BACKUP_INCONSISTENT',
      `The dump has ${counter.rows.get(name) ?? 'no'} rows of ${name}, and the database had ${rows}.`,
      { fix: 'Nothing was stored. Run it again when no migration runs.' },
    );
  }
  const { bytes: plainBytes, sha256: plainSha256 } = plain.digest();
  return { ...stored, plainBytes, plainSha256 };
}

/** Every stage's failure is the whole one's. */
async function write(
  source: AsyncIterable<Uint8Array>,
  change: Transform,
  file: string,
): Promise<{ bytes: number; sha256: string }> {
  const stored = new Meter();
  await pipeline(stored.watch(change(source)), createWriteStream(file, { mode: 0o600 }));
  return stored.digest();
}

async function* zipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const gzip = createGzip();
  const filled = pipeline(source, gzip);
  // Its failure shows while gzip is read; awaited, so that none is missed.
  filled.catch(() => {});
  yield* gzip as AsyncIterable<Buffer>;
  await filled;
}
