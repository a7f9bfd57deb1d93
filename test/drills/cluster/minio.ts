/** One of four MinIO nodes is lost: objects are written and read on, by the storage client of the API. */
import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { openStorage, type Storage } from '@homepage/platform';
import { makeAuthority, makeNetwork, startMinioNodes, type MinioServer } from '@homepage/testkit/services';
import type { Drill } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';

const HOLD_MS = { short: 4_000, full: 15_000 };
const RECOVERED_WITHIN_MS = 60_000;

export const minioNodeLost: Drill = {
  name: 'minio-node-lost',
  about:
    'One of four MinIO nodes is killed while objects are written and read; then it comes back, and another one is killed.',
  async run(say, length) {
    const network = ownsItsNetwork() ? makeNetwork() : undefined;
    let nodes: MinioServer[] = [];
    try {
      say('starting four nodes …');
      const host = network && (await network.addHost());
      const authority = await makeAuthority();
      const addresses = ['localhost', host?.address ?? '127.0.0.1'];
      const bundle = await authority.issue({ name: 'homepage-minio', purpose: 'both', addresses });
      nodes = await startMinioNodes(bundle, host);
      // Their health is good a moment before they take the first object.
      for (const node of nodes) await untilWhole(node, authority.certificate);
      const target = { ...nodes[0]!.connection, ca: authority.certificate };
      // A Service spreads over the nodes that are ready; here the client stays with one that lives.
      const storage = await openStorage({ dataDir: '/nowhere', storage: target });
      const work = new Work(storage);
      await wait(1_000);
      say('a node is killed');
      await nodes[3]!.service.kill();
      await wait(HOLD_MS[length]);
      say('it comes back, and another one is killed');
      await nodes[3]!.service.start();
      const start = performance.now();
      await untilWhole(nodes[3]!, authority.certificate);
      const recoverySeconds = (performance.now() - start) / 1000;
      await nodes[2]!.service.kill();
      await wait(HOLD_MS[length]);
      await work.stop();
      const lost = await work.lost();
      storage.close();
      return {
        requests: work.requests,
        failed: work.failures.length,
        lost,
        recoverySeconds,
        detail: `${work.written.size} objects were written and read again, the slowest after ${work.slowestSeconds.toFixed(1)} s; at the end all were there, with the same bytes.`,
        broken: work.failures.slice(0, 5),
      };
    } finally {
      for (const node of nodes.toReversed()) await node.remove();
      network?.remove();
    }
  },
};

/** It answers for itself what the others hold. */
async function untilWhole({ connection }: MinioServer, ca: string): Promise<void> {
  const storage = await openStorage({ dataDir: '/nowhere', storage: { ...connection, ca } });
  try {
    const deadline = performance.now() + RECOVERED_WITHIN_MS;
    for (;;) {
      try {
        await storage.check();
        return await storage.put('drill/back', Buffer.from('back'));
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await wait(100);
      }
    }
  } finally {
    storage.close();
  }
}

/** Writes an object, reads it; again and again. */
class Work {
  requests = 0;
  slowestSeconds = 0;
  readonly failures: string[] = [];
  /** the hash of what was acknowledged, by its key */
  readonly written = new Map<string, string>();
  readonly #storage: Storage;
  #going = true;
  readonly #done: Promise<void>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#done = this.#work();
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  /** @returns how many objects that were acknowledged are not there with the same bytes */
  async lost(): Promise<number> {
    let lost = 0;
    for (const [key, wanted] of this.written) if ((await this.#hashOf(key)) !== wanted) lost++;
    return lost;
  }

  async #work(): Promise<void> {
    while (this.#going) {
      const bytes = randomBytes(200_000);
      const key = `drill/${this.requests}`;
      const wanted = createHash('sha256').update(bytes).digest('hex');
      await this.#did(`put ${key}`, async () => {
        await this.#storage.put(key, bytes);
        this.written.set(key, wanted);
      });
      await this.#did(`get ${key}`, async () => {
        if ((await this.#hashOf(key)) !== wanted) throw new Error('other bytes than were written');
      });
      await wait(50);
    }
  }

  async #hashOf(key: string): Promise<string | undefined> {
    const object = await this.#storage.get(key);
    return (
      object &&
      createHash('sha256')
        .update(await buffer(object.body))
        .digest('hex')
    );
  }

  async #did(what: string, work: () => Promise<void>): Promise<void> {
    this.requests++;
    const start = performance.now();
    await work().catch((error: Error) => this.failures.push(`${what}: ${error.message}`));
    this.slowestSeconds = Math.max(this.slowestSeconds, (performance.now() - start) / 1000);
  }
}
