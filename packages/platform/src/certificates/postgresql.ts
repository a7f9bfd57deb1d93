import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { explainDatabaseError } from '../database/explain.ts';
import { serverConfig, type DatabaseServer } from '../database/open.ts';
import { Problem } from '../problem.ts';
import type { AskedServer } from './reload.ts';

/** The role needs nothing but `execute` on pg_reload_conf(). What the reload did is in the server's log only. */
export function postgresqlServer(server: DatabaseServer): AskedServer {
  return {
    async reload() {
      await signedIn(server, (client) => client.query('select pg_reload_conf()'));
    },
    shown: () => signedIn(server, async () => {}),
  };
}

/** @returns the certificate that the server showed, which was found to be good and to name its host */
async function signedIn(
  server: DatabaseServer,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<X509Certificate> {
  const config = serverConfig(server, 'own');
  let shown: X509Certificate | undefined;
  const client = new pg.Client({
    ...config,
    ssl: {
      ...(config.ssl as ConnectionOptions),
      checkServerIdentity(host, certificate) {
        shown = new X509Certificate(certificate.raw);
        return checkServerIdentity(host, certificate);
      },
    },
  });
  client.on('error', () => {}); // told by what is waited for
  try {
    await client.connect();
    await work(client);
  } catch (error) {
    throw explainDatabaseError(error) ?? error;
  } finally {
    await client.end().catch(() => {});
  }
  if (shown) return shown;
  throw new Problem('DATABASE_UNTRUSTED', 'The database was not asked over TLS.', {
    field: 'DATABASE_URL',
    fix: 'Leave out sslmode there, or use database.json.',
  });
}
