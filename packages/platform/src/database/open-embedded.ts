/** The embedded database of a data folder: opened here, or shared by the process that holds the folder. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { diskFull, diskIsExhausted, isDiskFull } from '../disk.ts';
import { requireWritable } from '../data-folder.ts';
import { Problem } from '../problem.ts';
import type { OpenOptions } from './open.ts';
import { lockFolder, lockHolder, type FolderLock } from './lock.ts';
import { startEmbedded } from './pglite/embedded.ts';
import { EMBEDDED_PORT, prepareSocketFolder, socketFolder } from './pglite/socket-folder.ts';

export type EmbeddedOptions = Omit<OpenOptions, 'server'>;

export type Embedded = {
  connection: { host: string; port: number; user: string; database: string };
  shared: boolean;
  stop(): Promise<void>;
};

const RETRY_MS = 200;
/** how long another process may take to start before "does not answer" */
const OWNER_ANSWERS_MS = 20_000;
/** A site that is told to stop waits so long for commands that use its database. */
const SITE_LINGERS_MS = 5_000;

export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  requireWritable(options.dataDir);
  const lock = await tryLock(options);
  if (lock) return own(options, lock);
  if (options.mode === 'own') throw inUse(options.dataDir);
  return shareOrOwn(options);
}

/** Two processes that try in the same instant can both be told "busy": ask again before believing it. */
async function tryLock({ dataDir, command }: EmbeddedOptions): Promise<FolderLock | undefined> {
  for (let attempt = 1; ; attempt++) {
    const lock = lockFolder(dataDir, command);
    if (lock || attempt === 4) return lock;
    await wait(20 + Math.random() * 60);
  }
}

/** The owner may be starting (its socket is not there yet) or be a short command (its lock will go). */
async function shareOrOwn(options: EmbeddedOptions): Promise<Embedded> {
  prepareSocketFolder(options.dataDir);
  const connection = connectionTo(options.dataDir);
  for (let waited = 0; waited < OWNER_ANSWERS_MS; waited += RETRY_MS) {
    const presence = await announce(connection);
    if (presence) return { connection, shared: true, stop: () => presence.end() };
    await wait(RETRY_MS);
    const freed = lockFolder(options.dataDir, options.command);
    if (freed) return own(options, freed);
  }
  throw new Problem('DATA_FOLDER_BUSY', `Another process holds ${options.dataDir} and does not answer.`, {
    field: 'DATA_DIR',
    fix: `${describeHolder(options.dataDir)}Wait for it or stop it, then try again.`,
  });
}

async function own(options: EmbeddedOptions, lock: FolderLock): Promise<Embedded> {
  const { dataDir, mode, onLinger } = options;
  try {
    const embedded = await startEmbedded(dataDir, options.template);
    return {
      connection: connectionTo(dataDir),
      shared: false,
      async stop() {
        await embedded.stop(mode === 'own' ? SITE_LINGERS_MS : Infinity, onLinger);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw cannotOpen(error, dataDir);
  }
}

/** One connection for as long as we use the owner's database: while it is there, the owner does not leave. */
async function announce(connection: Embedded['connection']): Promise<pg.Client | undefined> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // the owner was killed: the next query says so
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}

function connectionTo(dataDir: string): Embedded['connection'] {
  return { host: socketFolder(dataDir), port: EMBEDDED_PORT, user: 'postgres', database: 'postgres' };
}

function cannotOpen(cause: unknown, dataDir: string): Problem {
  if (cause instanceof Problem) return cause;
  if (isDiskFull(cause) || diskIsExhausted(dataDir)) return diskFull(cause);
  return new Problem(
    'DATABASE_UNREADABLE',
    `The database in ${dataDir} cannot be opened: ${(cause as Error).message}`,
    {
      field: 'DATA_DIR',
      fix: 'Nothing in it was changed. Put back a copy of the folder, or set DATA_DIR to another one.',
      cause,
    },
  );
}

function inUse(dataDir: string): Problem {
  return new Problem('DATA_FOLDER_IN_USE', `The data folder ${dataDir} is in use by another process.`, {
    field: 'DATA_DIR',
    fix: `${describeHolder(dataDir)}Stop it, or set DATA_DIR to another folder.`,
  });
}

function describeHolder(dataDir: string): string {
  const holder = lockHolder(dataDir);
  return holder ? `It is process ${holder.pid} (${holder.command}, since ${holder.since}). ` : '';
}
