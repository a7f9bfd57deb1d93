/** A real PostgreSQL with the roles, the access rules and the mutual TLS of deploy/postgresql. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { requireProgram } from '../programs/find.ts';
import type { Authority, Bundle } from './certificates.ts';
import { thisMachine, type Host } from './host.ts';
import { makeOwnFolder, writeWhole } from './owned.ts';
import { freePort, Service } from './service.ts';

const deploy = resolve(import.meta.dirname, '../../../../deploy/postgresql');

export type PostgresqlServer = {
  service: Service;
  port: number;
  /** what the secret file of a role holds */
  connection(user: string): { host: string; port: number; database: string; user: string };
  /** runs SQL as the superuser, on the server's own socket */
  sql(text: string, database?: string): string;
  /** of its certificate's files */
  secrets: string;
  /** gives the server another certificate; it takes it at the next reload */
  useCertificate(bundle: Partial<Bundle>): void;
  /** stops it and removes its data */
  remove(): Promise<void>;
};

export type PostgresqlOptions = {
  /** for many tests at once: the roles reach every database, and the owner may make some */
  anyDatabase?: boolean;
  host?: Host | undefined;
  /** an empty folder for its data; one of its own by default */
  disk?: string | undefined;
  /** the folder of its certificate's files, which somebody else writes as its user */
  secrets?: string | undefined;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startPostgresql(
  authority: Authority,
  options: PostgresqlOptions = {},
): Promise<PostgresqlServer> {
  const { host = thisMachine } = options;
  const bin = dirname(requireProgram('postgresql'));
  const owner = serverUser();
  const folder = makeOwnFolder('postgresql');
  const data = join(options.disk ?? folder.path, 'data');
  const secrets = options.secrets ?? join(folder.path, 'secrets');
  if (options.secrets === undefined) mkdirSync(secrets);
  for (const file of ['pg_hba.conf', 'pg_ident.conf'])
    copyFileSync(join(deploy, file), join(folder.path, file));
  if (options.anyDatabase) {
    const file = join(folder.path, 'pg_hba.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^(hostssl +)homepage/gm, '$1all'));
  }
  // In a container the server's user is "postgres"; here it may be whoever runs the tests.
  appendFileSync(join(folder.path, 'pg_ident.conf'), `superuser ${owner.name} postgres\n`);
  const own = (path: string, mode: number): void => {
    if (owner.id) chownSync(path, owner.id.uid, owner.id.gid);
    chmodSync(path, mode);
  };
  own(folder.path, 0o700);
  own(secrets, 0o700);
  if (options.disk) own(options.disk, 0o700);
  own(join(folder.path, 'pg_hba.conf'), 0o600);
  own(join(folder.path, 'pg_ident.conf'), 0o600);
  const useCertificate = (bundle: Partial<Bundle>): void => writeWhole(secrets, bundle, owner.id);
  if (options.secrets === undefined) {
    useCertificate(
      await authority.issue({
        name: 'homepage-postgresql',
        purpose: 'server',
        addresses: ['localhost', host.address],
      }),
    );
  }

  run(join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
    '-A',
    'reject',
  ]);
  const port = await freePort();
  const settings: Record<string, string> = {
    ...readConfiguration(),
    listen_addresses: host.address,
    port: String(port),
    unix_socket_directories: folder.path,
    hba_file: join(folder.path, 'pg_hba.conf'),
    ident_file: join(folder.path, 'pg_ident.conf'),
    ssl_cert_file: join(secrets, 'tls.crt'),
    ssl_key_file: join(secrets, 'tls.key'),
    ssl_ca_file: join(secrets, 'ca.crt'),
    shared_buffers: '32MB',
    // The folder goes with the test. What a crash loses is tested with kill, which loses nothing of this.
    fsync: 'off',
  };
  const psql = (text: string, database: string): string =>
    run(
      join(bin, 'psql'),
      [
        '-h',
        folder.path,
        '-p',
        String(port),
        '-U',
        'postgres',
        '-d',
        database,
        '-XAtq',
        '-v',
        'ON_ERROR_STOP=1',
      ],
      text,
    );
  const service = new Service({
    name: 'postgresql',
    command: join(bin, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    folder: folder.path,
    host,
    user: owner.id,
    stopSignal: 'SIGINT', // "fast": sessions are ended, transactions rolled back
    quickSignal: 'SIGQUIT', // its children have groups of their own; they end with it
    ready: async () => psql('select 1', 'postgres'),
  });
  await service.start();
  psql(readFileSync(join(deploy, 'roles.sql'), 'utf8'), 'postgres');
  if (options.anyDatabase)
    psql(
      'alter role homepage_owner createdb; grant connect on database postgres to homepage_owner',
      'postgres',
    );
  return {
    service,
    port,
    connection: (user) => ({
      host: host.address,
      port,
      // The one that pg_hba.conf lets it into.
      database: user === 'homepage_reloader' ? 'postgres' : 'homepage',
      user,
    }),
    sql: (text, database = 'homepage') => psql(text, database).trim(),
    secrets,
    useCertificate,
    async remove() {
      await service.stop();
      folder.remove();
    },
  };

  function run(command: string, args: string[], input = ''): string {
    const result = spawnSync(command, args, {
      input,
      encoding: 'utf8',
      cwd: folder.path,
      ...owner.id,
      env: { PATH: process.env['PATH'], LANG: 'C' },
    });
    if (result.status !== 0) throw new Error(`${command} failed: ${result.stderr || String(result.error)}`);
    return result.stdout;
  }
}

/** The settings of deploy/postgresql/postgresql.conf: tests run what production runs. */
function readConfiguration(): Record<string, string> {
  const lines = readFileSync(join(deploy, 'postgresql.conf'), 'utf8').split('\n');
  const settings = lines.map((line) => /^(\w+) = '?(.*?)'?$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(settings.map(([, name, value]) => [name, value]));
}

/** PostgreSQL refuses to run as root: then Debian's own user for it runs it. */
export function serverUser(): { name: string; id?: { uid: number; gid: number } } {
  if (process.getuid?.() !== 0) return { name: userInfo().username };
  const ids = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
  );
  const [uid, gid] = ids;
  if (!uid || !gid) throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres".');
  return { name: 'postgres', id: { uid, gid } };
}
