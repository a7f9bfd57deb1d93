/** A list of the API that is kept, with everything that a request passes, against plain Node sending its bytes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns } from './load.ts';
import { startPeer, type Peer } from './node-process.ts';
import { compared, type Bench } from './row.ts';
import { startOnPostgresql } from './site-on-postgresql.ts';

export const apiCached: Bench = {
  how: 'One API process with every hook on answers `/api/v1/posts` from memory; a bare node:http sends the same brotli bytes with three headers. Plain HTTP on both sides.',
  programs: ['postgresql', 'wrk'],
  async run() {
    const running = await startOnPostgresql();
    let peer: Peer | undefined;
    try {
      const url = `${running.site.address}/api/v1/posts`;
      const body = join(running.folder, 'body');
      writeFileSync(body, await (await fetch(url)).bytes());
      peer = await startPeer('peer-node-http.ts', [body]);
      const turns = await inTurns(url, peer.address, { 'accept-encoding': 'br' });
      return [
        compared({ name: 'a kept list of the API / bare node:http', unit: 'requests/s' }, turns, {
          least: 0.6,
        }),
      ];
    } finally {
      await peer?.stop();
      await running.stop();
    }
  },
};
