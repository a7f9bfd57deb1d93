import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tls } from '../secrets/secret-files.ts';
import { openEmbedded } from './open-embedded.ts';
import { RenewablePool } from './pool.ts';

/** A PostgreSQL server, and this service's certificate for it. An address with `sslmode` says itself how. */
export type DatabaseServer = (
  { url: string } | { host: string; port: number; database: string; user: string }
) & { tls?: Tls | undefined };

export type OpenOptions = {
  /** unset: PGlite in dataDir */
  server?: DatabaseServer | undefined;
  dataDir: string;
  /** a prepared database folder for a quick first start (embedded only) */
  template?: string | undefined;
  /** shown to whoever finds the folder locked, e.g. "homepage serve" */
  command: string;
  /** share: use the running site's database when there is one. own: refuse to start beside another process. */
  mode: 'own' | 'share';
  /** called when closing has to wait for other processes that use the database opened here */
  onLinger?: () => void;
};

export type Database<Tables> = {
  db: Kysely<Tables>;
  kind: 'pglite' | 'postgresql';
  /** true when another process (the running site) owns the embedded database */
  shared: boolean;
  /**
   * Signs in anew, with another certificate or at another server, while queries go on.
   * @throws whatever refuses it; then nothing changes
   */
  renew(server: DatabaseServer): Promise<void>;
  /** Waits for other processes that use an embedded database opened here: commands until they are done, a site 5 s. */
  close(): Promise<void>;
};

// int8 comes as a number: ids, counts and sizes here stay far below 2^53, and JSON has no bigint.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * Opens the database that the settings name. A PostgreSQL that is away shows at the first query.
 * @throws Problem DATA_FOLDER_READ_ONLY, DATA_FOLDER_IN_USE, DATA_FOLDER_BUSY, DATABASE_UNREADABLE, DISK_FULL
 */
export async function openDatabase<Tables>(options: OpenOptions): Promise<Database<Tables>> {
  if (options.server) {
    const { db, pool } = connect<Tables>(serverConfig(options.server, options.mode));
    return {
      db,
      kind: 'postgresql',
      shared: false,
      renew: (server) => pool.renew(serverConfig(server, options.mode)),
      close: () => db.destroy(),
    };
  }
  const embedded = await openEmbedded(options);
  const { db } = connect<Tables>({ ...embedded.connection, max: 4 });
  return {
    db,
    kind: 'pglite',
    shared: embedded.shared,
    renew: async () => {},
    async close() {
      await db.destroy();
      await embedded.stop();
    },
  };
}

/** Of one process; six of them and the commands stay below the server's 100. */
const CONNECTIONS = 10;

export function serverConfig(server: DatabaseServer, mode: OpenOptions['mode']): pg.PoolConfig {
  const { tls, ...target } = server;
  return {
    ...('url' in target ? { connectionString: target.url } : target),
    // verify-full: the server's certificate must come from our authority and name the host that was asked for
    ...(tls && { ssl: { ...tls, rejectUnauthorized: true, minVersion: 'TLSv1.2' } }),
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    // A server that went without a word is noticed, and a new one is asked.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A visitor's page waits no longer; commands may work for as long as they need.
    ...(mode === 'own' && {
      statement_timeout: 5_000,
      lock_timeout: 3_000,
      idle_in_transaction_session_timeout: 30_000,
      query_timeout: 6_000,
    }),
  };
}

function connect<Tables>(config: pg.PoolConfig): { db: Kysely<Tables>; pool: RenewablePool } {
  const pool = new RenewablePool(config);
  return { db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), pool };
}
