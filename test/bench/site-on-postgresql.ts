/**
 * One API process on PostgreSQL over mutual TLS, which answers plain HTTP: wrk shows no certificate, and so both sides of
 * a comparison have the same in front and the same behind.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHomepage, startSite, type RunningSite } from '@homepage/testkit';
import {
  makeAuthority,
  makeOwnFolder,
  startPostgresql,
  type PostgresqlServer,
} from '@homepage/testkit/services';
import { pin } from './cores.ts';
import { writePosts } from './posts.ts';

const POSTS = 200;

export type SiteOnPostgresql = {
  site: RunningSite;
  postgresql: PostgresqlServer;
  /** temporary, gone after stop */
  folder: string;
  /** what pg connects with, as the application */
  connection: Record<string, unknown>;
  stop(): Promise<void>;
};

/** @throws Error with the log of what did not start; nothing is left running then */
export async function startOnPostgresql(): Promise<SiteOnPostgresql> {
  const folder = makeOwnFolder('bench');
  const authority = await makeAuthority();
  const postgresql = await startPostgresql(authority);
  let site: RunningSite | undefined;
  const stop = async (): Promise<void> => {
    await site?.stop();
    await postgresql.remove();
    folder.remove();
  };
  try {
    console.error(`importing ${POSTS} posts …`);
    const owner = await address('homepage-migrate', 'homepage_owner');
    const app = await address('homepage-api', 'homepage_app');
    await done(runHomepage(['migrate'], folder.path, { DATABASE_URL: owner.url }));
    const content = writePosts(folder.path, POSTS);
    await done(runHomepage(['import', content], folder.path, { DATABASE_URL: app.url }));
    // For connections from now on: what the process asks can be read in the server's log, values included.
    postgresql.sql('alter role homepage_app set log_parameter_max_length = -1');
    site = await startSite({ dataDir: folder.path, env: { DATABASE_URL: app.url, LOG_LEVEL: 'warn' } });
    pin(site.process.pid);
    pin(postgresql.service.pid, 1);
    const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = app.bundle;
    return {
      site,
      postgresql,
      folder: folder.path,
      connection: {
        ...postgresql.connection('homepage_app'),
        ssl: { cert, key, ca, rejectUnauthorized: true },
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function address(name: string, user: string) {
    const bundle = await authority.issue({ name, purpose: 'client' });
    const query = new URLSearchParams({ sslmode: 'verify-full' });
    for (const [parameter, file] of Object.entries({
      sslcert: 'tls.crt',
      sslkey: 'tls.key',
      sslrootcert: 'ca.crt',
    } as const)) {
      const path = join(folder.path, `${name}-${file}`);
      writeFileSync(path, bundle[file], { mode: 0o600 });
      query.set(parameter, path);
    }
    const { host, port, database } = postgresql.connection(user);
    return { bundle, url: `postgres://${user}@${host}:${port}/${database}?${query.toString()}` };
  }
}

async function done(command: ReturnType<typeof runHomepage>): Promise<void> {
  const { code, stderr } = await command;
  if (code !== 0) throw new Error(`homepage ended with ${code}:\n${stderr}`);
}
