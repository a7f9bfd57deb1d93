/** The servers that all tests of the platform shape share, and how their processes learn of them. */
import { openDatabase, type DatabaseServer } from '@homepage/platform';
import { migrate, type Tables } from '@homepage/site';
import {
  makeAuthority,
  startMinio,
  startPostgresql,
  type Bundle,
  type MinioServer,
} from './services/index.ts';

/** What a test process finds the servers' connections in. */
export const PLATFORM_VARIABLE = 'HOMEPAGE_TEST_PLATFORM';

type Shared = {
  postgresql: { host: string; port: number };
  owner: Bundle;
  app: Bundle;
  storage: MinioServer['connection'];
};

/** Starts them, and makes an empty database with the schema that each test gets a copy of. */
export async function startSharedPlatform(): Promise<{ connections: string; stop(): Promise<void> }> {
  const authority = await makeAuthority();
  const [server, minio] = await Promise.all([
    startPostgresql(authority, { anyDatabase: true }),
    startMinio(),
  ]);
  const { host, port } = server.connection('');
  const shared: Shared = {
    postgresql: { host, port },
    owner: await authority.issue({ name: 'homepage-migrate', purpose: 'client' }),
    app: await authority.issue({ name: 'homepage-api', purpose: 'client' }),
    storage: minio.connection,
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
    },
  };
}

/** undefined: this process tests the embedded shape */
export function sharedPlatform(): Shared | undefined {
  const text = process.env[PLATFORM_VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as Shared);
}

export function serverFor(shared: Shared, database: string, role: 'owner' | 'app'): DatabaseServer {
  const bundle = shared[role];
  return {
    ...shared.postgresql,
    database,
    user: `homepage_${role}`,
    tls: { cert: bundle['tls.crt'], key: bundle['tls.key'], ca: bundle['ca.crt'] },
  };
}
