/**
 * Everything that people configure wrong, one row each: how to break it, and what the program must say then. The rows
 * are run against the real program by wrong-configuration.test.ts; docs/reference/errors.md explains every code.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type {
  Authority,
  Bundle,
  MinioServer,
  PostgresqlServer,
  ValkeyServer,
} from '@homepage/testkit/services';

type Leaf = Parameters<Authority['issue']>[0];

/** Part of values that must never be shown. */
export const CANARY = 'canary-4711';

/** The servers that run, and what is at hand to break things with. */
export type Ground = {
  authority: Authority;
  stranger: Authority;
  postgresql: PostgresqlServer;
  valkey: ValkeyServer;
  minio: MinioServer;
  /** speaks HTTPS, with a certificate of the stranger */
  secureMinio: MinioServer;
  /** what a web server that is no storage listens on */
  webPort: number;
  /** what something else listens on */
  takenPort: number;
  /** a file system with room for nothing; undefined where none can be mounted */
  fullDisk: string | undefined;
  /** makes a copy of the repository with this file .env; @returns its root */
  withDotEnv(text: string): string;
  /** with the certificate of a role */
  bundle(name: string, options?: Partial<Leaf>): Promise<Bundle>;
};

/** What is different from a configuration that works. */
export type Change = {
  env?: Record<string, string>;
  /** of the folder of secrets; null: not there. {}: as they should be */
  files?: Record<string, string | null>;
  /** done in the folder of secrets, or of the data */
  prepare?(folders: { secrets: string; data: string }): void;
  /** run with no more rights than the modes of files give */
  withoutRootsPowers?: boolean;
  repository?: string;
  /** mends the servers again */
  after?(): void | Promise<void>;
};

export type WrongConfiguration = {
  name: string;
  /** embedded: nothing is set. platform: everything comes from secret files */
  shape: 'embedded' | 'platform';
  breaks(ground: Ground): Change | undefined | Promise<Change | undefined>;
  /** the doctor's check that finds it */
  check: string;
  code: string;
  /** the variable or file that is named */
  field: RegExp | null;
  /** in what the start prints or logs, and in the doctor's answer */
  message: RegExp;
  /** what to do, in both */
  fix: RegExp;
  /** the command that the doctor gives to be copied */
  command?: RegExp;
  /**
   * Left out: the start ends with exit code 1. unready: it waits, with this reason in its log and on /readyz. works: it
   * goes on without the part, with this reason in its log.
   */
  start?: 'unready' | 'works';
};

const rows: WrongConfiguration[] = [];
const embedded = (row: Omit<WrongConfiguration, 'shape'>): unknown =>
  rows.push({ ...row, shape: 'embedded' });
const platform = (row: Omit<WrongConfiguration, 'shape'>): unknown =>
  rows.push({ ...row, shape: 'platform' });

/** From here on everybody may listen; containers often allow all. */
function lowestFreePort(): number {
  const setting = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  return existsSync(setting) ? Number(readFileSync(setting, 'utf8')) : 0;
}

/* Variables */

for (const [name, meant] of [
  ['DATABSE_URL', 'DATABASE_URL'],
  ['CAHCE_URL', 'CACHE_URL'],
  ['STORAGE_URI', 'STORAGE_URL'],
  ['SECRET_DIR', 'SECRETS_DIR'],
] as const) {
  embedded({
    name: `a typing error in a name: ${name}`,
    breaks: () => ({ env: { [name]: `postgres://me:${CANARY}@db/homepage` } }),
    check: 'variables',
    code: 'VARIABLE_UNKNOWN',
    field: new RegExp(`^${name}$`),
    message: new RegExp(`${name} is not a variable of this program\\.`),
    fix: new RegExp(`Did you mean ${meant}\\?`),
    command: new RegExp(`^grep -n '\\^${name}' \\.env$`),
  });
}

for (const [name, value, message] of [
  ['PORT', CANARY, /PORT must be a port number from 0 to 65535\./],
  ['PORT', '65536', /PORT must be a port number from 0 to 65535\./],
  [
    'LOG_LEVEL',
    `debgu${CANARY}`,
    /LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent\./,
  ],
  [
    'TRUSTED_PROXIES',
    `the proxy ${CANARY}`,
    /TRUSTED_PROXIES must be addresses or networks such as 10\.0\.0\.0\/8/,
  ],
  [
    'PUBLIC_URL',
    `https://example.dev/${CANARY}`,
    /PUBLIC_URL must be an origin such as https:\/\/example\.dev/,
  ],
  [
    'DATABASE_URL',
    `mysql://me:${CANARY}@db/homepage`,
    /DATABASE_URL must be an address such as postgres:\/\//,
  ],
  ['CACHE_URL', `https://me:${CANARY}@cache`, /CACHE_URL must be an address such as valkeys:\/\//],
  ['STORAGE_URL', `s3://key:${CANARY}@bucket`, /STORAGE_URL must be an address such as s3:\/\//],
  ['SMTP_URL', `https://me:${CANARY}@mail`, /SMTP_URL must be an address such as smtp:\/\//],
] as const) {
  embedded({
    name: `a wrong value: ${name}=${value.replace(CANARY, '…')}`,
    breaks: () => ({ env: { [name]: value } }),
    check: 'settings',
    code: 'SETTINGS_INVALID',
    field: new RegExp(`^${name}$`),
    message,
    fix: /docs\/reference\/environment\.md lists them\./,
    command: new RegExp(`^grep -n '\\^${name}' \\.env$`),
  });
}

platform({
  name: 'OPS_PORT as Kubernetes sets it for a Service named "ops"',
  breaks: () => ({ env: { OPS_PORT: `tcp://10.43.0.7:80` } }),
  check: 'settings',
  code: 'SETTINGS_INVALID',
  field: /^OPS_PORT$/,
  message: /Kubernetes sets it for a Service named "ops": set enableServiceLinks: false on the pod\./,
  fix: /docs\/reference\/environment\.md/,
});

/* Two shapes mixed */

embedded({
  name: 'a cache for replicas, but no database server',
  breaks: () => ({ env: { CACHE_URL: `valkeys://me:${CANARY}@cache:6379` } }),
  check: 'settings',
  code: 'SHAPE_MIXED',
  field: /^DATABASE_URL$/,
  message:
    /CACHE_URL names a server, but DATABASE_URL is not set: this process would have an empty database of its own\./,
  fix: /Set DATABASE_URL, or unset CACHE_URL\./,
});
embedded({
  name: 'a bucket, but no database server',
  breaks: () => ({ env: { STORAGE_URL: `s3://key:${CANARY}@bucket?endpoint=https://minio:9000` } }),
  check: 'settings',
  code: 'SHAPE_MIXED',
  field: /^DATABASE_URL$/,
  message: /STORAGE_URL names a server, but DATABASE_URL is not set/,
  fix: /Set DATABASE_URL, or unset STORAGE_URL\./,
});
embedded({
  name: 'the owner of a database server, but no database server',
  breaks: () => ({ env: { DATABASE_OWNER_URL: `postgres://me:${CANARY}@127.0.0.1:1/homepage` } }),
  check: 'settings',
  code: 'SHAPE_MIXED',
  field: /^DATABASE_URL$/,
  message: /DATABASE_OWNER_URL names a server, but DATABASE_URL is not set/,
  fix: /Set DATABASE_URL, or unset DATABASE_OWNER_URL\./,
});
embedded({
  name: 'a database server, and nowhere to keep pictures',
  breaks: () => ({ env: { DATABASE_URL: `postgres://me:${CANARY}@127.0.0.1:1/homepage`, DATA_DIR: '' } }),
  check: 'settings',
  code: 'SHAPE_MIXED',
  field: /^STORAGE_URL$/,
  message:
    /DATABASE_URL names a server, but STORAGE_URL is not set: other replicas would not see the pictures of this one\./,
  fix: /Set STORAGE_URL\. With one machine only, set DATA_DIR/,
});
platform({
  name: 'http:// for the public name that visitors reach by https://',
  breaks: () => ({ env: { PUBLIC_URL: 'http://example.dev' } }),
  check: 'settings',
  code: 'SHAPE_MIXED',
  field: /^PUBLIC_URL$/,
  message: /PUBLIC_URL is http:\/\/, but visitors reach a public name by https:\/\//,
  fix: /Write https:\/\/\./,
});

/* .env and homepage.config.ts */

embedded({
  name: '.env with a line that is no assignment',
  breaks: ({ withDotEnv }) => ({
    repository: withDotEnv(`PORT=0\nDATABASE_URL: postgres://me:${CANARY}@db/x\n`),
  }),
  check: '.env',
  code: 'ENV_FILE_INVALID',
  field: /^\.env$/,
  message: /\.env: not NAME=value, so not read: line 2\./,
  fix: /Write each as NAME=value, or begin it with #/,
});
embedded({
  name: '.env with a byte order mark',
  breaks: ({ withDotEnv }) => ({ repository: withDotEnv(`\uFEFFSMTP_URL=smtp://me:${CANARY}@mail\n`) }),
  check: '.env',
  code: 'ENV_FILE_INVALID',
  field: /^\.env$/,
  message: /\.env: not NAME=value, so not read: line 1\./,
  fix: /save the file as UTF-8 without a byte order mark/,
});
embedded({
  name: '.env that this user may not read',
  breaks({ withDotEnv }) {
    const repository = withDotEnv(`SMTP_URL=smtp://me:${CANARY}@mail\n`);
    chmodSync(join(repository, '.env'), 0);
    return { repository, withoutRootsPowers: true };
  },
  check: '.env',
  code: 'ENV_FILE_UNREADABLE',
  field: /^\.env$/,
  message: /\.env cannot be read \(EACCES\)\./,
  fix: /Make it a file that this user may read, or remove it/,
  command: /^ls -ld .*\.env$/,
});
embedded({
  name: 'a configuration file that is not there',
  breaks: () => ({ env: { HOMEPAGE_CONFIG: '/nowhere/homepage.config.ts' } }),
  check: 'configuration',
  code: 'CONFIG_MISSING',
  field: /^HOMEPAGE_CONFIG$/,
  message: /There is no configuration file at \/nowhere\/homepage\.config\.ts\./,
  fix: /name another file in HOMEPAGE_CONFIG/,
  command: /^git restore homepage\.config\.ts$/,
});
embedded({
  name: 'a field of the configuration that is spelled wrong',
  breaks: () => ({
    prepare: ({ data }) =>
      writeFileSync(join(data, 'wrong.config.ts'), 'export default { domian: "example.dev" };'),
    env: { HOMEPAGE_CONFIG: '{data}/wrong.config.ts' },
  }),
  check: 'configuration',
  code: 'CONFIG_INVALID',
  field: /^domain$/,
  message: /domian is not a field\. Did you mean "domain"\?/,
  fix: /Fix these fields/,
});

/* This machine */

embedded({
  name: 'a port that is taken',
  breaks: ({ takenPort }) => ({ env: { PORT: String(takenPort) } }),
  check: 'port',
  code: 'PORT_TAKEN',
  field: /^PORT$/,
  message: /Port \d+ on 127\.0\.0\.1 is in use\./,
  fix: /Stop what listens there, or choose another: PORT=\d+ npm start/,
  command: /^PORT=\d+ npm start$/,
});
platform({
  name: 'a port for health and metrics that is taken',
  breaks: ({ takenPort }) => ({ env: { OPS_PORT: String(takenPort) } }),
  check: 'ops port',
  code: 'OPS_PORT_TAKEN',
  field: /^OPS_PORT$/,
  message: /Port \d+ on 127\.0\.0\.1, for health and metrics, is in use\./,
  fix: /Stop what listens there, or choose another/,
  command: /^OPS_PORT=\d+ npm start$/,
});
platform({
  name: 'a port that this user may not have',
  breaks: () => (lowestFreePort() > 80 ? { withoutRootsPowers: true, env: { PORT: '80' } } : undefined),
  check: 'port',
  code: 'PORT_DENIED',
  field: /^PORT$/,
  message: /This user may not listen on port 80\./,
  fix: /Choose a port from 1024 on/,
  command: /^PORT=3000 npm start$/,
});
embedded({
  name: 'an address of another machine to listen on',
  breaks: () => ({ env: { HOST: '192.0.2.1' } }),
  check: 'port',
  code: 'HOST_UNKNOWN',
  field: /^HOST$/,
  message: /HOST is no address of this machine \(EADDRNOTAVAIL\)\./,
  fix: /Set HOST to 127\.0\.0\.1/,
  command: /^ip -brief address$/,
});
embedded({
  name: 'a name that does not resolve to listen on',
  breaks: () => ({ env: { OPS_HOST: 'ops.invalid' } }),
  check: 'ops port',
  code: 'HOST_UNKNOWN',
  field: /^OPS_HOST$/,
  message: /OPS_HOST is no address of this machine \((ENOTFOUND|EAI_AGAIN)\)\./,
  fix: /Set OPS_HOST to 127\.0\.0\.1/,
});
embedded({
  name: 'a data folder that this user may not write',
  breaks: () => ({
    withoutRootsPowers: true,
    prepare: ({ data }) => chmodSync(data, 0o555),
  }),
  check: 'data folder',
  code: 'DATA_FOLDER_READ_ONLY',
  field: /^DATA_DIR$/,
  message: /The data folder .* cannot be written \(EACCES\)\./,
  fix: /Give this user write permission on it/,
  command: /^ls -ld /,
});
embedded({
  name: 'a data folder that is a file',
  breaks: () => ({
    prepare: ({ data }) => writeFileSync(join(data, 'file'), ''),
    env: { DATA_DIR: '{data}/file' },
  }),
  check: 'data folder',
  code: 'DATA_FOLDER_READ_ONLY',
  field: /^DATA_DIR$/,
  message: /The data folder .*\/file is not a folder\./,
  fix: /Move that file away/,
});
embedded({
  name: 'a disk that is full',
  breaks: ({ fullDisk }) =>
    fullDisk === undefined ? undefined : { env: { DATA_DIR: join(fullDisk, 'data') } },
  check: 'data folder',
  code: 'DISK_FULL',
  field: /^DATA_DIR$/,
  message: /The disk that holds the data folder is full\./,
  fix: /Free at least 32 MB/,
  command: /^df -h$/,
});

/* Secret files */

const secret = (
  name: string,
  breaks: WrongConfiguration['breaks'],
  file: string,
  message: RegExp,
  more: Partial<WrongConfiguration> = {},
): unknown =>
  platform({
    name,
    breaks,
    check: 'settings',
    code: 'SECRET_INVALID',
    field: new RegExp(`${file.replace('.', '\\.')}$`),
    message,
    fix: /\.$/m,
    command: new RegExp(`^(ls|openssl) .*${file.replace('.', '\\.')}`),
    ...more,
  });

secret(
  'a folder of secrets that is not there',
  () => ({ env: { SECRETS_DIR: '/nowhere/secrets' } }),
  'SECRETS_DIR',
  /The folder of secrets \/nowhere\/secrets is not there\./,
  {
    code: 'SECRETS_MISSING',
    command: /^ls -ld \/nowhere\/secrets$/,
    fix: /Wait for the agent that writes it, or unset SECRETS_DIR\./,
  },
);
for (const file of ['database.json', 'cache.json', 'storage.json']) {
  secret(
    `${file} missing beside the others`,
    () => ({ files: { [file]: null } }),
    file,
    new RegExp(`/${file.replace('.', '\\.')} is missing\\.`),
    {
      code: 'SECRET_MISSING',
      fix: /Let the agent write it, or set what docs\/reference\/environment\.md names instead of it\./,
      command: /^ls -lL /,
    },
  );
}
secret(
  'an empty secret file',
  () => ({ files: { 'cache.json': '\n' } }),
  'cache.json',
  /cache\.json is empty\./,
);
secret(
  'a secret file with a byte order mark',
  () => ({ files: { 'cache.json': `\uFEFF{"password": "${CANARY}"}` } }),
  'cache.json',
  /cache\.json begins with a byte order mark\./,
);
secret(
  'a secret file that is no JSON',
  () => ({ files: { 'storage.json': `secretKey=${CANARY}` } }),
  'storage.json',
  /storage\.json holds no JSON\./,
);
secret(
  'an unknown field in a secret file',
  ({ postgresql }) => ({
    files: { 'database.json': JSON.stringify({ ...postgresql.connection('homepage_app'), pasword: CANARY }) },
  }),
  'database.json',
  /database\.json has unknown fields: pasword\./,
);
secret(
  'a field of a secret file that is missing',
  ({ minio }) => ({
    files: { 'storage.json': JSON.stringify({ ...minio.connection, secretKey: undefined }) },
  }),
  'storage.json',
  /storage\.json has no good "secretKey"\./,
);
secret(
  'a bucket whose name cannot be one',
  ({ minio }) => ({
    files: { 'storage.json': JSON.stringify({ ...minio.connection, bucket: `Home/${CANARY}` }) },
  }),
  'storage.json',
  /storage\.json has no good "bucket"\./,
);
secret(
  'a key that this user may not read',
  () => ({ withoutRootsPowers: true, prepare: ({ secrets }) => chmodSync(join(secrets, 'tls.key'), 0) }),
  'tls.key',
  /tls\.key cannot be read \(EACCES\)\./,
  { code: 'SECRET_UNREADABLE' },
);
secret(
  'a secret file that this user may not read',
  () => ({
    withoutRootsPowers: true,
    prepare: ({ secrets }) => chmodSync(join(secrets, 'database.json'), 0),
  }),
  'database.json',
  /database\.json cannot be read \(EACCES\)\./,
  { code: 'SECRET_UNREADABLE' },
);
secret(
  'a certificate that has ended',
  async ({ bundle }) => ({ files: await bundle('homepage-api', { days: -1 }) }),
  'tls.crt',
  /tls\.crt ended on 20\d\d-\d\d-\d\d\./,
  { command: /^openssl x509 -in .*tls\.crt -noout -dates$/ },
);
secret(
  'a certificate that is not valid yet, or a clock that is behind',
  async ({ bundle }) => ({ files: await bundle('homepage-api', { fromDays: 1 }) }),
  'tls.crt',
  /tls\.crt is not valid before 20.*\./,
  { fix: /Check the clocks of this machine and of the one that signed it\./, command: /-noout -dates$/ },
);
secret(
  'a key of another certificate',
  async ({ bundle }) => ({ files: { 'tls.key': (await bundle('homepage-api'))['tls.key'] } }),
  'tls.key',
  /tls\.key does not belong to .*tls\.crt\./,
  { command: /^openssl x509 .*-pubkey; openssl pkey .*-pubout$/ },
);
secret(
  'an authority that the certificate does not come from',
  ({ stranger }) => ({ files: { 'ca.crt': stranger.certificate } }),
  'tls.crt',
  /tls\.crt does not come from the authority in .*ca\.crt\./,
  { command: /^openssl verify -CAfile / },
);
secret(
  'no certificate in its file',
  () => ({ files: { 'tls.crt': CANARY } }),
  'tls.crt',
  /tls\.crt holds no certificate in PEM\./,
);
secret(
  'a certificate for servers only',
  async ({ bundle }) => ({ files: await bundle('homepage-api', { purpose: 'server' }) }),
  'tls.crt',
  /tls\.crt is none to sign in with \(clientAuth is not among its purposes\)\./,
  { command: /-ext extendedKeyUsage$/ },
);
secret(
  'a certificate for clients only',
  async ({ bundle }) => ({ files: await bundle('homepage-api', { purpose: 'client' }) }),
  'tls.crt',
  /tls\.crt is none to show to visitors \(serverAuth is not among its purposes\)\./,
  { command: /-ext extendedKeyUsage$/ },
);
secret(
  'a certificate that should have been renewed',
  async ({ bundle }) => ({ files: await bundle('homepage-api', { days: 1 }) }),
  'tls.crt',
  /tls\.crt ends on 20\S+, in [01] days\./,
  {
    check: 'certificate',
    code: 'CERTIFICATE_ENDS_SOON',
    start: 'works',
    fix: /look at the log of the agent that writes it/,
    command: /-noout -dates$/,
  },
);
embedded({
  name: 'TLS_…_FILE that is not complete',
  breaks: () => ({ env: { TLS_CERT_FILE: '/nowhere/tls.crt', TLS_CA_FILE: '/nowhere/ca.crt' } }),
  check: 'settings',
  code: 'SETTING_INVALID',
  field: /^TLS_KEY_FILE$/,
  message: /TLS_KEY_FILE is missing beside the other two TLS_…_FILE\./,
  fix: /Set all three, or none\./,
});

/* The database */

/** The machine's clock belongs to everybody; this is the one that a process sees. */
const HOUR_AHEAD = `
  const Real = Date; const now = () => Real.now() + 3_600_000;
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length > 0) super(...given); else super(now()); }
    static now() { return now(); }
  };`;

const WHERE_DATABASE = /^DATABASE_URL$/;
const database = (
  name: string,
  breaks: WrongConfiguration['breaks'],
  message: RegExp,
  fix: RegExp,
  more: Partial<WrongConfiguration> = {},
): unknown =>
  platform({
    name,
    breaks,
    check: 'database',
    code: 'DATABASE_REFUSED',
    field: WHERE_DATABASE,
    message,
    fix,
    ...more,
  });
const at = (ground: Ground, change: object): Change => ({
  files: { 'database.json': JSON.stringify({ ...ground.postgresql.connection('homepage_app'), ...change }) },
});

database(
  'a database that does not exist',
  (ground) => at(ground, { database: 'hompage' }),
  /That database does not exist on the server\./,
  /Make it, or correct its name in DATABASE_URL or database\.json/,
);
database(
  'a role that the rules do not admit',
  (ground) => at(ground, { user: 'nobody' }),
  /The database admits no such user to such a database from here\./,
  /the server's rules are in pg_hba\.conf/,
);
database(
  'the role of somebody else',
  (ground) => at(ground, { user: 'homepage_owner' }),
  /The database does not let our certificate be this role\./,
  /pg_ident\.conf says which name may be which/,
);
database(
  'a certificate for another name',
  async ({ bundle }) => ({ files: await bundle('homepage-other') }),
  /The database does not let our certificate be this role\./,
  /Sign in with the certificate of that role/,
);
database(
  'a role that does not exist',
  ({ postgresql }) => ({
    env: {
      DATABASE_URL: `postgres://nobody:${CANARY}@127.0.0.1:${postgresql.port}/trusting?sslmode=disable`,
    },
  }),
  /That role does not exist on the database server\./,
  /Make it, or correct the user in DATABASE_URL/,
);
database(
  'a wrong password',
  ({ postgresql }) => ({
    env: {
      DATABASE_URL: `postgres://with_password:${CANARY}@127.0.0.1:${postgresql.port}/asking?sslmode=disable`,
    },
  }),
  /The database refused the user or password\./,
  /Correct them in DATABASE_URL/,
);
database(
  'no certificate where the database asks for one',
  ({ postgresql }) => ({
    env: {
      DATABASE_URL: `postgres://homepage_app:${CANARY}@127.0.0.1:${postgresql.port}/homepage?sslmode=disable`,
    },
  }),
  /The database admits nobody without TLS\./,
  /Set TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE/,
);
database(
  'a database of another authority',
  async ({ stranger }) => ({ files: await stranger.issue({ name: 'homepage-api', purpose: 'both' }) }),
  /The database's certificate is not to be trusted: it comes from another authority than ours \(SELF_SIGNED_CERT_IN_CHAIN\)\./,
  /Give the server a certificate of our authority that names its host, or correct ca\.crt and the host\./,
  { code: 'DATABASE_UNTRUSTED', field: /^ca\.crt$/ },
);
const untrusted: [name: string, leaf: Partial<Leaf>, why: RegExp][] = [
  [
    'a database whose certificate names another host',
    { addresses: [] },
    /it does not name the host that was asked/,
  ],
  ['a database whose certificate has ended', { days: -1 }, /it has ended \(CERT_HAS_EXPIRED\)/],
  [
    'a database whose certificate is not valid yet',
    { fromDays: 1 },
    /it is not valid yet, or the clock of this machine is wrong/,
  ],
];
for (const [name, leaf, why] of untrusted) {
  database(
    name,
    async ({ authority, postgresql }) => {
      const loaded = (): string => postgresql.sql('select pg_conf_load_time()');
      const give = async (options: Partial<Leaf>): Promise<void> => {
        const before = loaded();
        postgresql.useCertificate(
          await authority.issue({ name: 'homepage-postgresql', purpose: 'server', ...options }),
        );
        postgresql.service.reload();
        while (loaded() === before) await wait(20);
      };
      await give(leaf);
      return { after: () => give({}) };
    },
    new RegExp(`The database's certificate is not to be trusted: ${why.source}`),
    /Give the server a certificate of our authority/,
    { code: 'DATABASE_UNTRUSTED', field: /^ca\.crt$/ },
  );
}
database(
  'a role that may only read',
  async (ground) => ({
    files: { ...at(ground, { user: 'homepage_backup' }).files, ...(await ground.bundle('homepage-backup')) },
  }),
  /The database user may not read and write every table \(\w+, for one\)\./,
  /let the owner grant it its rights/,
  { check: 'rights', code: 'DATABASE_DENIED', command: /roles\.sql$/ },
);
database(
  'a database that nobody listens for',
  (ground) => at(ground, { port: 1 }),
  /The database does not answer \(ECONNREFUSED\)\./,
  /Check that it runs and that DATABASE_URL or database\.json names it/,
  { code: 'DATABASE_AWAY', start: 'unready' },
);
database(
  'a database host that does not resolve',
  (ground) => at(ground, { host: 'postgresql.invalid' }),
  /The database does not answer \((ENOTFOUND|EAI_AGAIN)\)\./,
  /DATABASE_URL or database\.json/,
  { code: 'DATABASE_AWAY', start: 'unready' },
);
database(
  'the port of another server, which closes at once',
  (ground) => at(ground, { port: ground.valkey.port }),
  /What answers at the address of the database closed the connection\./,
  /check host and port in DATABASE_URL or database\.json/,
  { code: 'DATABASE_AWAY', start: 'unready' },
);
database(
  'the port of another server, which waits',
  (ground) => at(ground, { port: Number(new URL(ground.minio.connection.endpoint).port) }),
  /The database does not answer in time\./,
  /DATABASE_URL or database\.json/,
  { code: 'DATABASE_AWAY', start: 'unready' },
);
database(
  'the port of a web server',
  (ground) => at(ground, { port: ground.webPort }),
  /What answers at the address of the database is no PostgreSQL\./,
  /Correct host and port in DATABASE_URL or database\.json/,
  { code: 'DATABASE_AWAY', start: 'unready' },
);
database(
  'a schema that is behind',
  (ground) => at(ground, { database: 'behind' }),
  /The database lacks 0001-content, /,
  /Run `homepage migrate`/,
  {
    check: 'schema',
    code: 'SCHEMA_BEHIND',
    field: null,
    start: 'unready',
    command: /^npx homepage migrate$/,
  },
);
database(
  'a schema that is newer',
  (ground) => at(ground, { database: 'newer' }),
  /The database has 9999-later, which this release does not know\./,
  /Run a newer release of the program\./,
  { check: 'schema', code: 'SCHEMA_NEWER', field: null, start: 'unready' },
);
database(
  'a clock that is an hour ahead',
  () => ({ env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(HOUR_AHEAD)}` } }),
  /The clock of this machine is 3[56]\d\d s ahead of that of the database\./,
  /let it follow a time server/,
  { check: 'clock', code: 'CLOCK_DIFFERS', field: null, start: 'works', command: /^timedatectl status$/ },
);

/* The storage */

const storage = (
  name: string,
  breaks: WrongConfiguration['breaks'],
  message: RegExp,
  fix: RegExp,
  more: Partial<WrongConfiguration> = {},
): unknown =>
  platform({
    name,
    breaks,
    check: 'storage',
    code: 'STORAGE_REFUSED',
    field: /^STORAGE_URL$/,
    message,
    fix,
    ...more,
  });
const keptAt = ({ minio }: Ground, change: object): Change => ({
  files: { 'storage.json': JSON.stringify({ ...minio.connection, ...change }) },
});

storage(
  'a bucket that is not there',
  (ground) => keptAt(ground, { bucket: 'homepaeg' }),
  /There is no such bucket in the object storage \(NoSuchBucket\)\./,
  /Make the bucket, or correct its name in STORAGE_URL or storage\.json\./,
);
storage(
  'an access key that is unknown',
  (ground) => keptAt(ground, { accessKey: CANARY }),
  /The object storage does not know the access key \(InvalidAccessKeyId\)\./,
  /Correct the access key in STORAGE_URL or storage\.json\./,
);
storage(
  'a wrong secret key',
  (ground) => keptAt(ground, { secretKey: CANARY }),
  /the secret key is not the one of this access key \(SignatureDoesNotMatch\)\./,
  /Correct the secret key in STORAGE_URL or storage\.json\./,
);
storage(
  'https:// for a storage that speaks HTTP',
  (ground) => keptAt(ground, { endpoint: ground.minio.connection.endpoint.replace('http:', 'https:') }),
  /The endpoint of the object storage is https:\/\/, but what answers there speaks no TLS\./,
  /Write http:\/\/ \(inside the cluster only\)/,
  { code: 'STORAGE_NOT_S3' },
);
storage(
  'http:// for a storage that speaks HTTPS',
  ({ secureMinio: { connection } }) => ({
    files: {
      'storage.json': JSON.stringify({
        ...connection,
        endpoint: connection.endpoint.replace('https:', 'http:'),
      }),
    },
  }),
  /What answers at the endpoint of the object storage is not S3\./,
  /Check host, port and http or https of the endpoint/,
  { code: 'STORAGE_NOT_S3' },
);
storage(
  'a storage whose certificate comes from elsewhere',
  ({ secureMinio }) => ({ files: { 'storage.json': JSON.stringify(secureMinio.connection) } }),
  /The object storage's certificate is not to be trusted: it comes from another authority than ours/,
  /Give the storage a certificate that names its host, and its authority in ca\.crt/,
  { code: 'STORAGE_UNTRUSTED', field: /^ca\.crt$/ },
);
storage(
  'an endpoint that is a web server',
  (ground) => keptAt(ground, { endpoint: `http://127.0.0.1:${ground.webPort}` }),
  /What answers at the endpoint of the object storage is not S3\./,
  /MinIO: 9000, not its console/,
  { code: 'STORAGE_NOT_S3' },
);
storage(
  'a storage that nobody listens for',
  (ground) => keptAt(ground, { endpoint: 'http://127.0.0.1:1' }),
  /The object storage does not answer \(ECONNREFUSED\)\./,
  /Check that it runs and that its address is right/,
  { code: 'STORAGE_AWAY', start: 'works' },
);
storage(
  'a storage host that does not resolve',
  (ground) => keptAt(ground, { endpoint: 'http://minio.invalid:9000' }),
  /The object storage does not answer \((ENOTFOUND|EAI_AGAIN)\)\./,
  /Check that it runs and that its address is right/,
  { code: 'STORAGE_AWAY', start: 'works' },
);

/* The cache: the site works without it */

const cache = (
  name: string,
  breaks: WrongConfiguration['breaks'],
  message: RegExp,
  fix: RegExp,
  more: Partial<WrongConfiguration> = {},
): unknown =>
  platform({
    name,
    breaks,
    check: 'cache',
    code: 'CACHE_AWAY',
    field: /^CACHE_URL$/,
    message,
    fix,
    start: 'works',
    ...more,
  });
const cachedAt = ({ valkey }: Ground, change: object): Change => ({
  files: { 'cache.json': JSON.stringify({ ...valkey.connection('api'), ...change }) },
});

cache(
  'a wrong password of the cache',
  (ground) => cachedAt(ground, { password: CANARY }),
  /The cache refused the user or password\./,
  /Correct them in CACHE_URL or cache\.json/,
  { code: 'CACHE_REFUSED' },
);
cache(
  'a user of the cache without the rights',
  ({ valkey }) => ({ files: { 'cache.json': JSON.stringify(valkey.connection('exporter')) } }),
  /The cache's user lacks a right \([\w|]+\)\./,
  /Use the user "api" of deploy\/valkey\/users\.acl\.template/,
  { code: 'CACHE_DENIED' },
);
cache(
  'no TLS for a cache that speaks only TLS',
  ({ valkey }) => ({ env: { CACHE_URL: `redis://api:${CANARY}@127.0.0.1:${valkey.port}` } }),
  /The cache closed the connection at once\./,
  /a Valkey with TLS is valkeys:\/\/, with the s\./,
);
cache(
  'TLS for something that speaks none',
  (ground) => cachedAt(ground, { port: ground.webPort }),
  /The cache does not answer: what listens there speaks no TLS\./,
  /Check its port; Valkey without TLS is redis:\/\//,
);
cache(
  'a cache that nobody listens for',
  (ground) => cachedAt(ground, { port: 1 }),
  /The cache does not answer \(ECONNREFUSED\)\./,
  /Check that it runs, and its host and port in CACHE_URL or cache\.json\./,
);
cache(
  'a cache host that does not resolve',
  (ground) => cachedAt(ground, { host: 'valkey.invalid' }),
  /The cache does not answer: there is no host of its name \((ENOTFOUND|EAI_AGAIN)\)\./,
  /Check the host in CACHE_URL or cache\.json\./,
);

export const wrongConfigurations: readonly WrongConfiguration[] = rows;
