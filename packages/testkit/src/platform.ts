/** The servers that all tests of the platform shape share, and how their processes learn of them. */
import { openDatabase, type CacheServer, type DatabaseServer, type Tls } from '@homepage/platform';
import { migrate, type Tables } from '@homepage/site';
import {
  makeAuthority,
  startMinio,
  startPostgresql,
  startValkey,
  type Bundle,
  type MinioServer,
  type ValkeyServer,
} from './services/index.ts';

/** What a test process finds the servers' connections in. */
export const PLATFORM_VARIABLE = 'HOMEPAGE_TEST_PLATFORM';

type Shared = {
  postgresql: { host: string; port: number };
  owner: Bundle;
  app: Bundle;
  storage: MinioServer['connection'];
  cache: ReturnType<ValkeyServer['connection']>;
};

/** Starts them, and makes an empty database with the schema that each test gets a copy of. */
export async function startSharedPlatform(): Promise<{ connections: string; stop(): Promise<void> }> {
  const authority = await makeAuthority();
  const [server, minio, valkey] = await Promise.all([
    startPostgresql(authority, { anyDatabase: true }),
    startMinio(),
    startValkey(authority),
  ]);
  const { host, port } = server.connection('');
  const shared: Shared = {
    postgresql: { host, port },
    owner: await authority.issue({ name: 'homepage-migrate', purpose: 'client' }),
    app: await authority.issue({ name: 'homepage-api', purpose: 'client' }),
    storage: minio.connection,
    cache: valkey.connection('api'),
  };
  const template = await openDatabase<Tables>({
    server: serverFor(shared, 'homepage', 'owner'),
    dataDir: '/nowhere',
    command: 'test',
    mode: 'share',
  });
  await migrate(template.db);
  await template.close();
  return {
    connections: JSON.stringify(shared),
    async stop() {
      await server.remove();
      await minio.remove();
      await valkey.remove();
    },
  };
}

/** undefined: this process tests the embedded shape */
export function sharedPlatform(): Shared | undefined {
  const text = process.env[PLATFORM_VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as Shared);
}

const tlsOf = (bundle: Bundle): Tls => ({
  cert: bundle['tls.crt'],
  key: bundle['tls.key'],
  ca: bundle['ca.crt'],
});

export const cacheFor = (shared: Shared): CacheServer => ({ ...shared.cache, tls: tlsOf(shared.app) });

export function serverFor(shared: Shared, database: string, role: 'owner' | 'app'): DatabaseServer {
  return {
    ...shared.postgresql,
    database,
    user: `homepage_${role}`,
    tls: tlsOf(shared[role]),
  };
}
