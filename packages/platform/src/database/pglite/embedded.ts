import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { on } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { diskFull, diskIsExhausted } from '../../disk.ts';
import { Problem } from '../../problem.ts';
import { prepareSocketFolder, socketFile } from './socket-folder.ts';

export type WorkerInput = { folder: string; socket: string };
export type StopMessage = { lingerMs: number };
export type WorkerMessage = 'ready' | 'lingering';

export type EmbeddedDatabase = {
  /** @param lingerMs how long to wait for other processes that still use this database */
  stop(lingerMs: number, onLinger?: () => void): Promise<void>;
};

/**
 * Starts PGlite on `<dataDir>/database` in a thread of its own, speaking PostgreSQL's protocol on a socket.
 * The caller holds the folder's lock. When the thread fails later, nothing can be stored any more: the
 * failure is thrown from its event, so it ends a process that does not handle uncaught exceptions.
 * @param template a prepared database folder that is copied on a first start
 */
export async function startEmbedded(dataDir: string, template?: string): Promise<EmbeddedDatabase> {
  const folder = join(dataDir, 'database');
  if (!existsSync(folder) && template && existsSync(template)) copyTemplate(template, folder);
  prepareSocketFolder(dataDir);
  const input: WorkerInput = { folder, socket: socketFile(dataDir) };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: input });
  await ready(worker);
  const exited = new Promise<void>((done) => worker.once('exit', () => done()));
  worker.on('error', (cause) => {
    throw databaseFailed(cause, dataDir);
  });
  return {
    async stop(lingerMs, onLinger) {
      worker.on('message', (message: WorkerMessage) => message === 'lingering' && onLinger?.());
      const message: StopMessage = { lingerMs };
      worker.postMessage(message);
      await exited;
    },
  };
}

function databaseFailed(cause: unknown, dataDir: string): Problem {
  if (diskIsExhausted(dataDir)) return diskFull(cause);
  return new Problem('DATABASE_FAILED', 'The embedded database failed and answers no more.', {
    fix: 'Start again: everything that was acknowledged is stored.',
    cause,
  });
}

/** Copies next to the goal, then renames: a copy that was cut short is never taken for a database. */
function copyTemplate(template: string, folder: string): void {
  const part = `${folder}.new`;
  try {
    rmSync(part, { recursive: true, force: true });
    cpSync(template, part, { recursive: true });
    renameSync(part, folder);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

/** Under `node --watch` the thread's loader posts messages of its own, so any message will not do. */
async function ready(worker: Worker): Promise<void> {
  const ended = (code: number): void => void worker.emit('error', new Error(`the thread ended with ${code}`));
  worker.once('exit', ended);
  try {
    // or throws its 'error'
    for await (const [message] of on(worker, 'message'))
      if (message === ('ready' satisfies WorkerMessage)) break;
  } finally {
    worker.off('exit', ended);
  }
}
