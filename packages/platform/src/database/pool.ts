import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresPool } from 'kysely';
import pg from 'pg';

/** A pool whose connections can be replaced by others, to another address or with another certificate, under load. */
export class RenewablePool implements PostgresPool {
  readonly options = {};
  #pool: pg.Pool;
  #draining = new Set<Promise<void>>();

  constructor(config: pg.PoolConfig) {
    this.#pool = open(config);
  }

  connect(): Promise<pg.PoolClient> {
    return this.#pool.connect();
  }

  /**
   * Every query from now on goes over new connections; those that are at work finish on the old ones.
   * @throws whatever refuses the first new connection; then nothing changes
   */
  async renew(config: pg.PoolConfig): Promise<void> {
    const next = open(config);
    try {
      (await next.connect()).release();
    } catch (error) {
      await next.end();
      throw error;
    }
    const before = this.#pool;
    this.#pool = next;
    const drained = drain(before).finally(() => this.#draining.delete(drained));
    this.#draining.add(drained);
  }

  async end(): Promise<void> {
    await Promise.all([this.#pool.end(), ...this.#draining]);
  }
}

function open(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  // A lost idle connection is reported by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  // The same for one that somebody holds and does not ask just now, as in a transaction that waits for something else.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** An ending pool serves nobody who still waits for a connection of it. */
async function drain(pool: pg.Pool): Promise<void> {
  while (pool.waitingCount > 0) await wait(10);
  await pool.end();
}
