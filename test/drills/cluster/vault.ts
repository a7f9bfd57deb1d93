/** The leader of three primary Vaults is lost: the others go on, and a service is answered by whichever is there. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { makeNetwork, type VaultProcess } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { Vault, type Answer } from '@homepage/vault';
import type { Drill } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';

const KV = 'kv/data/prod/drill';
const CERTIFICATE = 'pki-prod/issue/api';
/** What an agent waits before it asks again is longer. */
const PATIENCE_MS = 30_000;
const AFTER_MS = { short: 3_000, full: 10_000 };

export const vaultLeaderLost: Drill = {
  name: 'vault-leader-lost',
  about:
    'The leader of three primary Vaults is killed and stays dead, while secrets are read, written and certificates made.',
  async run(say, length) {
    const network = ownsItsNetwork() ? makeNetwork() : undefined;
    say('starting the bootstrap and three primaries …');
    const vaults = await startVaults({ primaries: 3 });
    try {
      const token = await rootToken(vaults);
      const clients = vaults.nodes.map(({ address, ca }) => new Vault({ address, ca, token }));
      await allVote(clients);
      const work = new Work(clients);
      await wait(1_000);
      const leader = await leaderOf(clients, vaults.nodes);
      say('the leader is killed');
      const start = performance.now();
      await leader.service.kill();
      await work.next();
      const recoverySeconds = (performance.now() - start) / 1000;
      const next = await leaderOf(clients, vaults.nodes);
      await wait(AFTER_MS[length]);
      await work.stop();
      const lost = await work.lost();
      say('it comes back');
      await leader.service.start();
      await allVote(clients);
      clients.forEach((client) => client.close());
      return {
        requests: work.requests,
        failed: work.failed,
        lost,
        recoverySeconds,
        detail:
          `Another node led after ${recoverySeconds.toFixed(1)} s; nobody unsealed anything. ` +
          `${work.written.length} secrets were written and read again, ${work.certificates} certificates made, the slowest after ${work.slowestSeconds.toFixed(1)} s. ` +
          'The node that was lost came back, opened itself and voted again.',
        broken: next === leader ? ['the node that was killed still led'] : [],
      };
    } finally {
      await vaults.remove();
      network?.remove();
    }
  },
};

/** Of somebody who may do everything, until this is over. */
async function rootToken({ asRoot }: Vaults): Promise<string> {
  return asRoot('primary', async (root) => {
    await root.write('sys/policies/acl/drill', {
      policy: [
        `path "${KV}/*" { capabilities = ["create", "read", "update"] }`,
        `path "${CERTIFICATE}" { capabilities = ["update"] }`,
        'path "sys/storage/raft/configuration" { capabilities = ["read"] }',
      ].join('\n'),
    });
    const { auth } = await root.make('auth/token/create-orphan', { policies: ['drill'], ttl: '1h' });
    return auth!.client_token;
  });
}

type Members = { servers: { node_id: string; leader: boolean; voter: boolean }[] };

async function members(clients: Vault[]): Promise<Members['servers']> {
  const answer = await askAny(clients, 'GET', 'sys/storage/raft/configuration');
  return ((answer?.data as { config?: Members } | undefined)?.config ?? { servers: [] }).servers;
}

async function leaderOf(clients: Vault[], nodes: VaultProcess[]): Promise<VaultProcess> {
  for (let waited = 0; ; waited += 100) {
    const leader = (await members(clients)).find((member) => member.leader);
    if (leader) return nodes[Number(leader.node_id.replace('primary-', ''))]!;
    if (waited >= PATIENCE_MS) throw new Error('the Vaults have no leader');
    await wait(100);
  }
}

/** New ones listen first, and vote once they have everything. */
async function allVote(clients: Vault[]): Promise<void> {
  for (let waited = 0; ; waited += 500) {
    const list = await members(clients);
    const answering = await Promise.all(
      clients.map((client) =>
        client.ask('GET', 'sys/leader', undefined, { again: false }).catch(() => undefined),
      ),
    );
    if (list.filter(({ voter }) => voter).length === clients.length && answering.every(Boolean)) return;
    if (waited >= 2 * PATIENCE_MS) throw new Error(`not all Vaults vote: ${JSON.stringify(list)}`);
    await wait(500);
  }
}

/** As through a Service: one node after the other, until one answers. @throws Error when none does in time */
async function askAny(
  clients: Vault[],
  method: 'GET' | 'PUT',
  path: string,
  body?: Parameters<Vault['ask']>[2],
): Promise<Answer | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let turn = 0; ; turn++) {
    try {
      return await clients[turn % clients.length]!.ask(method, path, body, { again: false });
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(50);
    }
  }
}

/** Writes a secret, reads it, makes a certificate; again and again. */
class Work {
  requests = 0;
  failed = 0;
  certificates = 0;
  slowestSeconds = 0;
  /** what was acknowledged */
  readonly written: string[] = [];
  readonly #clients: Vault[];
  #rounds = 0;
  #going = true;
  readonly #done: Promise<void>;

  constructor(clients: Vault[]) {
    this.#clients = clients;
    this.#done = this.#work();
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  /** Waits for a round that began after now and was done. @throws Error when there is none within two minutes */
  async next(): Promise<void> {
    const target = this.#rounds + 2;
    for (let waited = 0; this.#rounds < target; waited += 10) {
      if (waited > 4 * PATIENCE_MS) throw new Error('the Vaults did not go on');
      await wait(10);
    }
  }

  /** @returns how many secrets that were acknowledged are not there */
  async lost(): Promise<number> {
    let lost = 0;
    for (const name of this.written) if (!(await this.#reads(name))) lost++;
    return lost;
  }

  async #work(): Promise<void> {
    while (this.#going) {
      const name = randomUUID();
      if (await this.#did(() => askAny(this.#clients, 'PUT', `${KV}/${name}`, { data: { name } }))) {
        this.written.push(name);
        await this.#did(async () => {
          if (!(await this.#reads(name))) throw new Error('what was written is not there');
        });
      }
      const made = await this.#did(() =>
        askAny(this.#clients, 'PUT', CERTIFICATE, { common_name: 'homepage-api' }),
      );
      if (made) {
        this.certificates++;
        this.#rounds++;
      }
      await wait(20);
    }
  }

  async #reads(name: string): Promise<boolean> {
    const answer = await askAny(this.#clients, 'GET', `${KV}/${name}`);
    return (answer?.data?.['data'] as { name?: string } | undefined)?.name === name;
  }

  async #did(work: () => Promise<unknown>): Promise<boolean> {
    this.requests++;
    const start = performance.now();
    const ok = await work().then(
      () => true,
      () => false,
    );
    if (!ok) this.failed++;
    this.slowestSeconds = Math.max(this.slowestSeconds, (performance.now() - start) / 1000);
    return ok;
  }
}
