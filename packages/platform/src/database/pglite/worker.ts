/** The embedded database's own thread: a long query never holds up the web server's event loop. */
import { chmodSync, rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { createWireServer } from './wire.ts';

const { folder, socket } = workerData as { folder: string; socket: string };

const database = await PGlite.create({ dataDir: folder, extensions: { pg_trgm, unaccent } });
const server = createWireServer({
  send: (message, onRawData) => database.execProtocolRawStream(message, { onRawData }),
});

rmSync(socket, { force: true }); // left behind by a killed process; the folder's lock is ours
server.listen(socket, () => {
  chmodSync(socket, 0o600);
  parentPort!.postMessage('ready');
});

parentPort!.once('message', async () => {
  server.close();
  await database.close();
  parentPort!.postMessage('closed');
  parentPort!.close();
});
