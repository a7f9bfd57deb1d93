import { mkdirSync, accessSync, constants } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Problem } from '../problem.ts';
import { lockFolder, lockHolder, type FolderLock } from './lock.ts';
import { EMBEDDED_PORT, socketFolder, startEmbedded } from './pglite/embedded.ts';

export type OpenOptions = {
  /** postgres://…; unset: PGlite in dataDir */
  url?: string | undefined;
  dataDir: string;
  /** a prepared database folder for a quick first start (embedded only) */
  template?: string | undefined;
  /** shown to whoever finds the folder locked, e.g. "homepage serve" */
  command: string;
  /** share: use the running site's database when there is one. own: refuse to start beside another process. */
  mode: 'own' | 'share';
};

export type Database<Tables> = {
  db: Kysely<Tables>;
  kind: 'pglite' | 'postgresql';
  /** true when another process (the running site) owns the embedded database */
  shared: boolean;
  close(): Promise<void>;
};

// int8 comes as a number: ids, counts and sizes here stay far below 2^53, and JSON has no bigint.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * Opens the database that the settings name.
 * @throws Problem DATA_FOLDER_READ_ONLY, DATA_FOLDER_IN_USE, DATA_FOLDER_BUSY
 */
export async function openDatabase<Tables>(options: OpenOptions): Promise<Database<Tables>> {
  if (options.url) {
    const { db, end } = connect<Tables>({ connectionString: options.url, max: 10 });
    return { db, kind: 'postgresql', shared: false, close: end };
  }
  makeWritable(options.dataDir);
  const embedded = await ownOrShare(options);
  const { db, end } = connect<Tables>({
    host: embedded.host,
    port: EMBEDDED_PORT,
    user: 'postgres',
    database: 'postgres',
    max: 4,
  });
  return {
    db,
    kind: 'pglite',
    shared: embedded.shared,
    async close() {
      await end();
      await embedded.stop();
    },
  };
}

function connect<Tables>(config: pg.PoolConfig): { db: Kysely<Tables>; end: () => Promise<void> } {
  const pool = new pg.Pool(config);
  // A lost idle connection is reported by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, end: () => db.destroy() };
}

async function ownOrShare(
  options: OpenOptions,
): Promise<{ host: string; shared: boolean; stop(): Promise<void> }> {
  const lock = lockFolder(options.dataDir, options.command);
  if (lock) return own(options, lock);
  if (options.mode === 'own') throw inUse(options.dataDir);
  const host = socketFolder(options.dataDir);
  // The owner may be starting (its socket is not there yet) or be a short command (its lock will go).
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await answers(host)) return { host, shared: true, stop: async () => {} };
    await wait(200);
    const freed = lockFolder(options.dataDir, options.command);
    if (freed) return own(options, freed);
  }
  throw new Problem('DATA_FOLDER_BUSY', `Another process holds ${options.dataDir} and does not answer.`, {
    fix: `${describeHolder(options.dataDir)} Wait for it or stop it, then try again.`,
  });
}

async function own(
  options: OpenOptions,
  lock: FolderLock,
): Promise<{ host: string; shared: boolean; stop(): Promise<void> }> {
  try {
    const embedded = await startEmbedded(options.dataDir, options.template);
    return {
      host: embedded.host,
      shared: false,
      async stop() {
        await embedded.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function answers(host: string): Promise<boolean> {
  const client = new pg.Client({ host, port: EMBEDDED_PORT, user: 'postgres', database: 'postgres' });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function makeWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch (cause) {
    throw new Problem('DATA_FOLDER_READ_ONLY', `The data folder ${dataDir} cannot be written.`, {
      field: 'DATA_DIR',
      fix: 'Give this user write permission on it, or set DATA_DIR to another folder.',
      cause,
    });
  }
}

function inUse(dataDir: string): Problem {
  return new Problem('DATA_FOLDER_IN_USE', `The data folder ${dataDir} is in use by another process.`, {
    field: 'DATA_DIR',
    fix: `${describeHolder(dataDir)} Stop it, or set DATA_DIR to another folder.`,
  });
}

function describeHolder(dataDir: string): string {
  const holder = lockHolder(dataDir);
  return holder ? `It is process ${holder.pid} (${holder.command}, since ${holder.since}).` : '';
}
