/** A list of the API that is made for each request, against a minimal Fastify with pg that asks the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns } from './load.ts';
import { startPeer, type Peer } from './node-process.ts';
import { compared, type Bench, type Row } from './row.ts';
import { startOnPostgresql } from './site-on-postgresql.ts';
import { statementsDuring } from './statements.ts';

/** Fewer than a process makes and lets wait: what is refused is no answer. */
const CONNECTIONS = 12;
const WHY =
  'the peer leaves out what a profile shows here: statements that Kysely writes anew for each request (about 11 % of the process), hooks and headers (12 %), the schema that decides what leaves (4 %), the ETag, the measurement of each request (3 %); and it never compresses.';

export const apiMiss: Bench = {
  how: 'The second page of `/api/v1/posts` (20 posts; lists behind a cursor are never kept) on one API process; the peer is a minimal Fastify with a pg pool of ten that runs the two statements that PostgreSQL logged for ours, with the same values, on the same server over the same mutual TLS, and sends JSON.stringify of the rows.',
  programs: ['postgresql', 'wrk'],
  async run() {
    const running = await startOnPostgresql();
    let peer: Peer | undefined;
    try {
      const list = `${running.site.address}/api/v1/posts`;
      const { nextCursor } = (await (await fetch(list)).json()) as { nextCursor: string };
      const url = `${list}?cursor=${nextCursor}`;
      const asked = await statementsDuring(running.postgresql, () => fetch(url));
      const [posts, tags] = asked;
      if (asked.length !== 2) throw new Error(`${asked.length} statements, not 2:\n${JSON.stringify(asked)}`);
      const file = join(running.folder, 'peer.json');
      const statements = { posts: posts!.text, values: posts!.values, tags: tags!.text };
      writeFileSync(file, JSON.stringify({ connection: running.connection, statements }), { mode: 0o600 });
      peer = await startPeer('peer-fastify-pg.ts', [file]);
      const rows: Row[] = [];
      await agree(url, peer.address);
      for (const [encoding, words] of Object.entries({ identity: '', br: ', compressed for a browser' })) {
        const turns = await inTurns(url, peer.address, { 'accept-encoding': encoding }, CONNECTIONS);
        const name = `a list made anew${words} / minimal Fastify and pg`;
        rows.push(compared({ name, unit: 'requests/s', why: WHY }, turns, { least: 0.8 }));
      }
      return rows;
    } finally {
      await peer?.stop();
      await running.stop();
    }
  },
};

/** @throws Error when the peer answers something else */
async function agree(ours: string, peer: string): Promise<void> {
  const [own, other] = await Promise.all(
    [ours, peer].map(async (url) => ((await (await fetch(url)).json()) as { items: unknown[] }).items),
  );
  if (JSON.stringify(own) !== JSON.stringify(other)) throw new Error('the peer answers another list');
}
