/** The whole platform shape, with every secret and every certificate from Vault: an agent beside each service writes its files. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { processEnvironment, seed, type Platform } from './platform-shape.ts';
import { fetchAs } from './fetch-as.ts';
import { runHomepage, startHomepage, startSite, type RunningSite } from './running-site.ts';
import type { Bundle } from './services/certificates.ts';
import { startMinio, type MinioServer } from './services/minio.ts';
import { addAccessKey, removeAccessKey, type AccessKey } from './services/minio-keys.ts';
import { NOBODY, startNginx } from './services/nginx.ts';
import { makeOwnFolder } from './services/owned.ts';
import { serverUser, startPostgresql, type PostgresqlServer } from './services/postgresql.ts';
import { freePort } from './services/service.ts';
import { startValkey, type ValkeyServer } from './services/valkey.ts';
import { startVaults, type RunningAgent, type Vaults } from './vaults.ts';

const webBuild = resolve(import.meta.dirname, '../../../apps/web/build');
const ENVIRONMENT = 'prod';
/** As on the cluster: it knows its certificate by these names only. */
const NAMES_OF_MINIO = { 'tls.crt': 'public.crt', 'tls.key': 'private.key' };

export type AgentName =
  | 'api'
  | 'frontend'
  | 'postgresql'
  | 'valkey'
  | 'minio'
  | 'migrate'
  | 'postgresql-reloader'
  | 'valkey-reloader';

export type VaultPlatform = Pick<Platform, 'address' | 'replicas' | 'fetch' | 'homepage'> & {
  vaults: Vaults;
  postgresql: PostgresqlServer;
  valkey: ValkeyServer;
  minio: MinioServer;
  agents: Map<AgentName, RunningAgent>;
  /** what an agent wrote last, which belongs together at any moment */
  bundleOf(service: AgentName): Bundle;
  addAccessKey(): Promise<AccessKey>;
  removeAccessKey(key: AccessKey): Promise<void>;
  stop(): Promise<void>;
};

export type VaultPlatformOptions = {
  /** of each certificate, in seconds; a week by default */
  leafSeconds?: number;
  /** how often agents read secrets; a minute by default */
  renderSeconds?: number;
  onProgress?: (what: string) => void;
};

/** @throws Problem PROGRAM_MISSING; Error with the log of what did not start; nothing is left running then */
export async function startVaultPlatform(options: VaultPlatformOptions = {}): Promise<VaultPlatform> {
  const { leafSeconds, renderSeconds, onProgress = () => {} } = options;
  const started: (() => Promise<unknown> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).toReversed()) await end();
  };
  const own = <Part extends { remove(): Promise<void> | void }>(part: Part): Part => {
    started.push(() => part.remove());
    return part;
  };
  try {
    const folder = own(makeOwnFolder('vault-platform'));
    onProgress('both Vaults');
    const vaults = own(await startVaults());
    if (leafSeconds !== undefined) await shorten(vaults, leafSeconds);
    const agents = new Map<AgentName, RunningAgent>();
    const agent = async (name: AgentName, user?: { uid: number; gid: number }): Promise<string> => {
      const names = name === 'minio' ? NAMES_OF_MINIO : undefined;
      const running = own(await vaults.startAgent(ENVIRONMENT, name, { user, renderSeconds, names }));
      agents.set(name, running);
      return running.secrets;
    };
    const bundleOf = (name: AgentName): Bundle => bundleIn(agents.get(name)!.secrets);
    const password = async (user: string): Promise<string> =>
      String((await readSecret(vaults, `valkey/user-${user}`))['password']);
    await vaults.asRoot('primary', (root) =>
      root.write(`kv/data/${ENVIRONMENT}/api/github`, { data: { clientId: 'drill', clientSecret: 'first' } }),
    );

    onProgress('MinIO');
    const minio = own(await startMinio({ certificates: await agent('minio') }));
    const { endpoint, accessKey, secretKey } = minio.connection;
    vaults.ports['minio'] = Number(new URL(endpoint).port);
    const minioServer = {
      endpoint,
      ca: bundleOf('minio')['ca.crt'],
      root: { accessKey, secretKey },
    };
    const first = await addAccessKey(minioServer);
    await vaults.asRoot('primary', (root) =>
      root.write(`kv/data/${ENVIRONMENT}/minio/site`, { data: first }),
    );

    onProgress('PostgreSQL');
    const secrets = await agent('postgresql', serverUser().id);
    const postgresql = own(await startPostgresql(vaults.authority, { secrets }));
    vaults.ports['postgresql'] = postgresql.port;

    onProgress('Valkey');
    // As in the container: nobody, who may read what the agent wrote for it alone.
    const nobody = process.getuid?.() === 0 ? NOBODY : undefined;
    await agent('frontend', nobody);
    const rendered = {
      secrets: await agent('valkey'),
      client: bundleOf('frontend'),
      passwords: {
        api: await password('api'),
        exporter: await password('exporter'),
        reloader: await password('reloader'),
      },
    };
    const valkey = own(await startValkey(vaults.authority, { rendered }));
    vaults.ports['valkey'] = valkey.port;

    for (const server of ['postgresql', 'valkey'] as const) {
      const SECRETS_DIR = await agent(`${server}-reloader`);
      const watching = ['certificates', 'watch', server, '--folder', agents.get(server)!.secrets];
      const watcher = await startHomepage(watching, folder.path, { SECRETS_DIR });
      started.push(() => watcher.stop());
    }

    onProgress('the schema');
    const port = await freePort();
    const PUBLIC_URL = `http://127.0.0.1:${port}`;
    await agent('migrate');
    await agent('api');
    const homepage: Platform['homepage'] = (args, as = 'api', env = {}) =>
      runHomepage(args, folder.path, {
        SECRETS_DIR: agents.get(as === 'migrate' ? as : 'api')!.secrets,
        PUBLIC_URL,
        ...env,
      });
    const migrated = await homepage(['migrate'], 'migrate');
    if (migrated.code !== 0) throw new Error(migrated.stderr);
    await seed(agents.get('api')!.secrets);

    const replicas: RunningSite[] = [];
    for (const number of [1, 2]) {
      onProgress(`API ${number} of 2`);
      const dataDir = join(folder.path, `api-${number}`);
      mkdirSync(dataDir);
      const replica = await startSite({
        dataDir,
        env: {
          ...processEnvironment(),
          SECRETS_DIR: agents.get('api')!.secrets,
          PUBLIC_URL,
          TRUSTED_PROXIES: '127.0.0.0/8',
        },
      });
      started.push(() => replica.stop());
      // Vault's certificates name hosts, and no address.
      replicas.push({ ...replica, address: replica.address.replace('127.0.0.1', 'localhost') });
    }
    onProgress('nginx');
    const nginx = own(
      await startNginx({
        upstreams: replicas.map(({ address }) => address.replace('localhost', '127.0.0.1')),
        webBuild,
        port,
        secrets: agents.get('frontend')!.secrets,
        trustedProxies: ['127.0.0.0/8'],
      }),
    );
    let [shown, ask] = ['', fetchAs(bundleOf('frontend'))];
    return {
      address: nginx.address,
      replicas,
      homepage,
      fetch(url, init) {
        const bundle = bundleOf('frontend');
        if (bundle['tls.crt'] !== shown) [shown, ask] = [bundle['tls.crt'], fetchAs(bundle)];
        return ask(url, init);
      },
      vaults,
      postgresql,
      valkey,
      minio,
      agents,
      bundleOf,
      addAccessKey: () => addAccessKey(minioServer),
      removeAccessKey: (key) => removeAccessKey(minioServer, key),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Renewal is what an agent does by itself when most of a certificate's life is over: in a drill that comes within seconds. */
async function shorten(vaults: Vaults, seconds: number): Promise<void> {
  const path = `pki-${ENVIRONMENT}/roles`;
  await vaults.asRoot('primary', async (root) => {
    for (const role of await root.list(path))
      await root.patch(`${path}/${role}`, { ttl: `${seconds}s`, max_ttl: `${seconds}s` });
  });
}

async function readSecret(vaults: Vaults, path: string): Promise<Record<string, unknown>> {
  const answer = await vaults.asRoot('primary', (root) => root.read(`kv/data/${ENVIRONMENT}/${path}`));
  return answer!.data!['data'] as Record<string, unknown>;
}

/** tls.pem is put in its place as a whole: key, certificate, intermediate and root of one moment. */
function bundleIn(secrets: string): Bundle {
  const pem = readFileSync(join(secrets, 'tls.pem'), 'utf8');
  const [key, ...certificates] = pem.match(/-----BEGIN [^]*?-----END [^\n]*-----\n?/g)!;
  const whole = certificates.map((one) => `${one.trim()}\n`);
  return { 'tls.key': key!, 'tls.crt': whole.slice(0, -1).join(''), 'ca.crt': whole.at(-1)! };
}
