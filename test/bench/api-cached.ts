/** A list of the API that is kept, with everything that a request passes, against plain Node sending its bytes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns, inTurnsByProcessor } from './load.ts';
import { startPeer, type Peer } from './node-process.ts';
import { compared, type Bench } from './row.ts';
import { startOnPostgresql } from './site-on-postgresql.ts';

const BY_THROUGHPUT =
  'the peer answers faster than wrk asks, so wrk never sleeps; a server that is slower than wrk has to wake it on its other core for each answer. `perf` shows 22 % of our process in that, since a virtual machine has to ask its host for it. The next row leaves it out: all on one core.';
const BY_PROCESSOR =
  'Fastify with our hooks and headers and a handler that sends a constant takes 30 µs of the 35; what is ours is the schema of the query, the address in its one spelling, the look into memory, the encoding, the ETag.';

export const apiCached: Bench = {
  how: 'One API process with every hook on answers `/api/v1/posts` from memory; a bare node:http sends the same brotli bytes with three headers. Plain HTTP on both sides. Once with the load on a core of its own, and once on the server’s core, where what the server’s threads took of the processor is read from the kernel.',
  programs: ['postgresql', 'wrk'],
  async run() {
    const running = await startOnPostgresql();
    let peer: Peer | undefined;
    try {
      const url = `${running.site.address}/api/v1/posts`;
      const body = join(running.folder, 'body');
      writeFileSync(body, await (await fetch(url)).bytes());
      peer = await startPeer('peer-node-http.ts', [body]);
      const headers = { 'accept-encoding': 'br' };
      const name = 'a kept list of the API / bare node:http';
      const turns = await inTurns(url, peer.address, headers);
      const ours = { url, pid: running.site.process.pid! };
      const byProcessor = await inTurnsByProcessor(ours, { url: peer.address, pid: peer.pid }, headers);
      return [
        compared({ name, unit: 'requests/s', why: BY_THROUGHPUT }, turns, { least: 0.6 }),
        compared(
          { name: `${name}, by processor time`, unit: 'requests/s of it', why: BY_PROCESSOR },
          byProcessor,
          { least: 0.6 },
        ),
      ];
    } finally {
      await peer?.stop();
      await running.stop();
    }
  },
};
