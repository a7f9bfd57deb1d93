import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export const EMBEDDED_PORT = 5432;

export type EmbeddedDatabase = { /** folder of the socket, as libpq's host */ host: string; stop(): Promise<void> };

/**
 * Starts PGlite on `<dataDir>/database` in a thread of its own, speaking PostgreSQL's protocol on a socket.
 * The caller holds the folder's lock.
 * @param template a prepared database folder that is copied on a first start
 */
export async function startEmbedded(dataDir: string, template?: string): Promise<EmbeddedDatabase> {
  const folder = join(dataDir, 'database');
  if (!existsSync(folder) && template && existsSync(template)) copyTemplate(template, folder);
  const host = socketFolder(dataDir);
  mkdirSync(host, { recursive: true, mode: 0o700 });
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { folder, socket: join(host, `.s.PGSQL.${EMBEDDED_PORT}`) },
  });
  await firstMessage(worker);
  return {
    host,
    async stop() {
      const closed = once(worker, 'exit');
      worker.postMessage('stop');
      await closed;
    },
  };
}

/** Where the socket of a data folder is. Socket addresses hold about 100 bytes, so a long path moves to the temporary folder. */
export function socketFolder(dataDir: string): string {
  const path = resolve(dataDir);
  if (Buffer.byteLength(path) <= 80) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `homepage-${process.getuid?.() ?? 0}-${name}`);
}

/** Copies next to the goal, then renames: a copy that was cut short is never taken for a database. */
function copyTemplate(template: string, folder: string): void {
  const part = `${folder}.new`;
  rmSync(part, { recursive: true, force: true });
  cpSync(template, part, { recursive: true });
  renameSync(part, folder);
}

async function firstMessage(worker: Worker): Promise<void> {
  await new Promise<void>((done, fail) => {
    worker.once('message', () => done());
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`the database thread ended with ${code}`)));
  });
  worker.removeAllListeners('exit');
}
