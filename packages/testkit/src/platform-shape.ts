/** The whole platform shape on this machine: nginx, API replicas, PostgreSQL and Valkey over mutual TLS, MinIO. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { openDatabase, openStorage, readSettings } from '@homepage/platform';
import { seedSample, type Tables } from '@homepage/site';
import {
  runHomepage,
  startHomepage,
  startSite,
  type CommandResult,
  type RunningCommand,
  type RunningSite,
} from './running-site.ts';
import { fetchAs } from './fetch-as.ts';
import { makeAuthority, type Authority, type Bundle } from './services/certificates.ts';
import { thisMachine, type Host } from './services/host.ts';
import { startMinio, type MinioServer } from './services/minio.ts';
import type { Network } from './services/network.ts';
import { startNginx, type NginxServer } from './services/nginx.ts';
import { makeOwnFolder, writeWhole } from './services/owned.ts';
import { startPostgresql, type PostgresqlServer } from './services/postgresql.ts';
import { freePort } from './services/service.ts';
import { startValkeySentinels, type ValkeySentinels } from './services/valkey-sentinels.ts';
import { startValkey, type ValkeyServer } from './services/valkey.ts';

const webBuild = resolve(import.meta.dirname, '../../../apps/web/build');
const backend = resolve(import.meta.dirname, '../../../deploy/images/backend');

export type PlatformOptions = {
  replicas?: number;
  /** of nginx; a free one by default */
  port?: number;
  /** start with the sample content */
  sample?: boolean;
  /** more variables for one replica, counted from 1 */
  replicaEnv?: (number: number) => Record<string, string>;
  /** a machine for each part; all on this one by default */
  network?: Network | undefined;
  /** three Valkeys, and three Sentinels that say which one is the master, instead of one */
  sentinels?: boolean;
  /** empty folders for the data of the servers that have some, such as small disks */
  disks?: { postgresql?: string; minio?: string };
  /** networks beside this machine's whose X-Forwarded-For nginx believes: visitors with many addresses */
  trustedProxies?: string[];
  /** called with what is started next */
  onProgress?: (what: string) => void;
};

export type Platform = {
  /** where visitors reach it */
  address: string;
  authority: Authority;
  postgresql: PostgresqlServer;
  /** with Sentinels the first master */
  valkey: ValkeyServer;
  valkeys: ValkeySentinels | undefined;
  minio: MinioServer;
  nginx: NginxServer;
  replicas: RunningSite[];
  /** the machine of each part, by its name; replicas are "api-1", "api-2" … */
  hosts: Map<string, Host>;
  /** Starts a replica, counted from 1, at the address that it had: after it was killed, or as another release. */
  startReplica(number: number, changes?: Partial<ReplicaOptions>): Promise<RunningSite>;
  /** the folders of secret files */
  secrets: Record<Role, string>;
  /** As nginx asks a replica: with a certificate of ours. */
  fetch: (url: string, options?: RequestInit) => Promise<Response>;
  /** Whose certificates are written from now on, and what everybody believes: PEM, of one authority or several. */
  useAuthority(issuer: Authority, believed: string): Promise<void>;
  /** Gives nginx another certificate. */
  rotateFrontend(): Promise<void>;
  /** Writes a server's own certificate, with these changes. It is told of it by whoever watches, or by nobody. */
  rotateServer(server: WatchedServer, changes?: Partial<Bundle>): Promise<Bundle>;
  /** Gives those who watch another certificate to sign in with. */
  rotateWatchers(): Promise<void>;
  /** Starts what stands beside a server in production. */
  watch(server: WatchedServer): Promise<RunningCommand>;
  /**
   * Writes the secret files of the API again, as Vault's agent does: with a new certificate, and these changes.
   * @returns what is in the files
   */
  rotate(changes?: Record<string, string>): Promise<Record<string, string>>;
  /** Runs `homepage …` with the secrets of the API, or those of another. */
  homepage(args: string[], as?: Role, env?: Record<string, string>): Promise<CommandResult>;
  /** Brings the schema to another release, whose repository this is. */
  migrateWith(repository: string): Promise<void>;
  stop(): Promise<void>;
};

type ReplicaOptions = { repository: string; env: Record<string, string> };

type Role = 'api' | 'migrate' | 'reloader';
const DATABASE_ROLES = { api: 'homepage_app', migrate: 'homepage_owner', reloader: 'homepage_reloader' };

export type WatchedServer = 'postgresql' | 'valkey';

/** What the image of the API sets for its process. */
export const processEnvironment = (): Record<string, string> =>
  parseEnv(readFileSync(join(backend, 'process.env'), 'utf8')) as Record<string, string>;

/** @throws Problem PROGRAM_MISSING; Error with the log of what did not start; nothing is left running then */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { replicas: count = 2, port = await freePort(), sample = true, onProgress = () => {} } = options;
  const { network, disks = {} } = options;
  const started: { remove(): Promise<void> }[] = [];
  const replicas: RunningSite[] = [];
  const watchers: RunningCommand[] = [];
  const stop = async (): Promise<void> => {
    // Each waits until those in front would have noticed; together they wait once.
    await Promise.all([...replicas, ...watchers].map((process) => process.stop()));
    for (const part of started.splice(0).toReversed()) await part.remove();
  };
  const own = async <Part extends { remove(): Promise<void> }>(part: Promise<Part>): Promise<Part> => {
    started.push(await part);
    return part;
  };
  try {
    const folder = makeOwnFolder('platform');
    started.push({ remove: async () => folder.remove() });
    const authority = await makeAuthority('Homepage root');
    const hosts = new Map<string, Host>();
    const names = Array.from({ length: count }, (_, index) => `api-${index + 1}`);
    for (const name of ['nginx', 'postgresql', 'valkey', 'minio', ...names])
      hosts.set(name, network ? await network.addHost() : thisMachine);
    const sessionKey = randomBytes(32).toString('base64');
    onProgress('PostgreSQL');
    const postgresql = await own(
      startPostgresql(authority, { host: hosts.get('postgresql'), disk: disks.postgresql }),
    );
    onProgress('Valkey');
    const valkeys = options.sentinels
      ? await own(startValkeySentinels(authority, hosts.get('valkey')))
      : undefined;
    const valkey = valkeys?.servers[0] ?? (await own(startValkey(authority, { host: hosts.get('valkey') })));
    onProgress('MinIO');
    const minio = await own(startMinio({ host: hosts.get('minio'), disk: disks.minio }));

    let issuer = authority;
    let believed = authority.certificate;
    const issue = async (name: string, purpose: 'server' | 'client' | 'both'): Promise<Bundle> => ({
      ...(await issuer.issue({
        name: `homepage-${name}`,
        purpose,
        addresses: ['localhost', '127.0.0.1', ...[...hosts.values()].map(({ address }) => address)],
      })),
      'ca.crt': believed,
    });
    const secrets = {
      api: await writeSecrets('api'),
      migrate: await writeSecrets('migrate'),
      reloader: await writeSecrets('reloader'),
    };
    const PUBLIC_URL = `http://${hosts.get('nginx')!.address}:${port}`;
    const homepage: Platform['homepage'] = (args, as = 'api', env = {}) =>
      runHomepage(args, folder.path, { SECRETS_DIR: secrets[as], PUBLIC_URL, ...env });
    onProgress('the schema');
    await done(homepage(['migrate'], 'migrate'));
    if (sample) await seed(secrets.api);

    const ports = await Promise.all(names.map(async () => [await freePort(), await freePort()] as const));
    const startReplica = async (
      number: number,
      { repository, env }: Partial<ReplicaOptions> = {},
    ): Promise<RunningSite> => {
      const [own, ops] = ports[number - 1]!;
      const replica = await startSite({
        dataDir: join(folder.path, `api-${number}`),
        repository,
        host: hosts.get(`api-${number}`),
        env: {
          ...processEnvironment(),
          SECRETS_DIR: secrets.api,
          PORT: String(own),
          OPS_PORT: String(ops),
          PUBLIC_URL,
          TRUSTED_PROXIES: ['127.0.0.0/8', ...(network ? [network.range] : [])].join(','),
          ...options.replicaEnv?.(number),
          ...env,
        },
      });
      replicas[number - 1] = replica;
      return replica;
    };
    for (let number = 1; number <= count; number++) {
      onProgress(`API ${number} of ${count}`);
      await startReplica(number);
    }
    onProgress('nginx');
    const upstreams = replicas.map(({ address }) => address);
    const frontend = (): Promise<Bundle> => issue('frontend', 'client');
    const nginx = await own(
      startNginx({
        upstreams,
        webBuild,
        port,
        tls: await frontend(),
        host: hosts.get('nginx'),
        ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
      }),
    );
    let fetch = fetchAs(await frontend());
    const servers = { postgresql, valkey };
    return {
      address: nginx.address,
      authority,
      postgresql,
      valkey,
      valkeys,
      minio,
      nginx,
      replicas,
      hosts,
      startReplica,
      secrets,
      homepage,
      async migrateWith(repository) {
        await done(runHomepage(['migrate'], folder.path, { SECRETS_DIR: secrets.migrate }, { repository }));
      },
      fetch: (url, init) => fetch(url, init),
      async useAuthority(next, all) {
        [issuer, believed] = [next, all];
        fetch = fetchAs(await frontend());
      },
      async rotateFrontend() {
        nginx.useCertificate(await frontend());
      },
      async rotate(changes = {}) {
        const files = { ...(await secretFiles('api')), ...changes };
        writeWhole(secrets.api, files);
        return files;
      },
      async rotateServer(server, changes = {}) {
        const bundle = { ...(await issue(server, 'server')), ...changes };
        servers[server].useCertificate(bundle);
        return bundle;
      },
      async rotateWatchers() {
        writeWhole(secrets.reloader, await secretFiles('reloader'));
      },
      async watch(server) {
        const watching = ['certificates', 'watch', server, '--folder', servers[server].secrets];
        const watcher = await startHomepage(watching, folder.path, { SECRETS_DIR: secrets.reloader });
        watchers.push(watcher);
        return watcher;
      },
      stop,
    };

    /** The folder that Vault's agent would write. */
    async function writeSecrets(role: Role): Promise<string> {
      const path = join(folder.path, 'secrets', role);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      writeWhole(path, await secretFiles(role));
      return path;
    }

    async function secretFiles(role: Role): Promise<Record<string, string>> {
      return {
        // The API shows the same one to the database and to its visitors.
        ...(await issue(role, 'both')),
        'database.json': JSON.stringify(postgresql.connection(DATABASE_ROLES[role])),
        'cache.json': JSON.stringify(
          role === 'reloader' ? valkey.connection(role) : (valkeys?.connection ?? valkey.connection('api')),
        ),
        'storage.json': JSON.stringify(minio.connection),
        // Only who signs or believes links has it.
        ...(role === 'api' && { 'session-key': `${sessionKey}\n` }),
      };
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The sample content, as who has these secrets. */
export async function seed(secrets: string): Promise<void> {
  const settings = readSettings({ SECRETS_DIR: secrets });
  const database = await openDatabase<Tables>({
    server: settings.database,
    dataDir: settings.dataDir,
    command: 'sample content',
    mode: 'share',
  });
  const storage = await openStorage(settings);
  await seedSample({ db: database.db, storage, timeZone: 'UTC' });
  storage.close();
  await database.close();
}

async function done(command: Promise<CommandResult>): Promise<void> {
  const { code, stderr, stdout } = await command;
  if (code !== 0) throw new Error(`homepage ended with ${code}:\n${stderr}${stdout}`);
}
