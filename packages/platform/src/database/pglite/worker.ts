/** The embedded database's own thread: a long query never holds up the web server's event loop. */
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import type { StopMessage, WorkerInput, WorkerMessage } from './embedded.ts';
import { createWireServer } from './wire.ts';

const { folder, socket } = workerData as WorkerInput;

const database = await PGlite.create({ dataDir: folder, extensions: { pg_trgm, unaccent } });
const { server, disconnectAll } = await createWireServer(
  { send: (message, onRawData) => database.execProtocolRawStream(message, { onRawData }) },
  // Ends this thread; whoever started it is told by its 'error' event.
  {
    onBroken: (error) =>
      setImmediate(() => {
        throw error;
      }),
  },
);

// Renamed when its mode is right: nobody else can connect in between, and a socket that is there answers.
const part = `${socket}.new`;
rmSync(part, { force: true }); // left behind by a killed process; the folder's lock is ours
server.listen(part);
await once(server, 'listening');
chmodSync(part, 0o600);
renameSync(part, socket);
tell('ready');

const [stop] = (await once(parentPort!, 'message')) as [StopMessage];
await lastClientGone(stop.lingerMs);
rmSync(socket, { force: true });
server.close();
disconnectAll();
await database.close();
parentPort!.close();

function tell(message: WorkerMessage): void {
  parentPort!.postMessage(message);
}

async function lastClientGone(limit: number): Promise<void> {
  const end = performance.now() + limit;
  // Our own connections have just been told to end, and take a moment.
  for (let look = 0; look < 4 && (await clients()) > 0; look++) await wait(25);
  if ((await clients()) > 0) tell('lingering');
  while ((await clients()) > 0 && performance.now() < end) await wait(50);
}

function clients(): Promise<number> {
  return new Promise((done, fail) =>
    server.getConnections((error, count) => (error ? fail(error) : done(count))),
  );
}
