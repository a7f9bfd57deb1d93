/** Images of others: what their makers write about them. Only what some manifest may need; a name that is missing is added here. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { lineProblem, portIn, valueOf, wordProblem, wordsOf, type Program } from './program.ts';

const none = (): string[] => [];

const deploy = (file: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../../deploy', file), 'utf8');
export const roles = [...deploy('postgresql/roles.sql').matchAll(/'(homepage_\w+)'/g)].map(
  ([, role]) => role,
);
export const users = [...deploy('valkey/users.acl.template').matchAll(/^user (\w+) on/gm)].map(
  ([, user]) => user,
);

export const vault: Program = {
  image: /^vault$/,
  source:
    'https://developer.hashicorp.com/vault/docs/commands#configure-environment-variables and /vault/docs/configuration',
  variables: [
    ...['TOKEN', 'ADDR', 'CACERT', 'API_ADDR', 'CLUSTER_ADDR', 'RAFT_NODE_ID', 'LOG_LEVEL', 'LOG_FORMAT'].map(
      (name) => `VAULT_${name}`,
    ),
    'GOMAXPROCS',
    'GOMEMLIMIT',
  ],
  commandProblem: (container) =>
    lineProblem(container, {
      commands: [
        ['vault', 'server'],
        ['vault', 'agent'],
      ],
      args: [['server'], ['agent']],
      // Whether -dev may be is another question: 36.
      options: ['-config', '-log-level', '-log-format', '-dev'],
    }),
  // What opens itself by another one signs in there.
  needs(container) {
    const words = wordsOf(container).join(' ');
    return [
      '-config',
      ...(words.includes('primary') ? ['VAULT_TOKEN'] : []),
      // Each of several has its own.
      ...(words.includes('primary-ha') ? ['VAULT_RAFT_NODE_ID', 'VAULT_API_ADDR', 'VAULT_CLUSTER_ADDR'] : []),
    ];
  },
  // deploy/vault/*.hcl; the second is Raft's.
  listens: (container) => (wordsOf(container).includes('server') ? [8200, 8201] : []),
  health: {
    // https://developer.hashicorp.com/vault/api-docs/system/health
    livenessProbe: ['/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200'],
    readinessProbe: ['/v1/sys/health?standbyok=true'],
  },
  // Snapshots on their way.
  writes: (container) => (wordsOf(container).includes('server') ? ['/tmp'] : []),
  // `homepage vault up` turns the audit log on; of the folder of its configuration it is told by -config.
  reads: () => ['/vault/audit', '/vault/config'],
};

export const injector: Program = {
  image: /^vault-k8s$/,
  source: 'https://github.com/hashicorp/vault-k8s: subcommand/injector/flags.go (1.7)',
  variables: [
    'LISTEN LOG_LEVEL LOG_FORMAT TLS_AUTO TLS_AUTO_HOSTS TLS_CERT_FILE TLS_KEY_FILE VAULT_ADDR VAULT_IMAGE VAULT_AUTH_TYPE',
    'VAULT_AUTH_PATH VAULT_NAMESPACE VAULT_CACERT_BYTES PROXY_ADDR REVOKE_ON_SHUTDOWN RUN_AS_USER RUN_AS_GROUP',
    'RUN_AS_SAME_USER SET_SECURITY_CONTEXT DEFAULT_TEMPLATE CPU_REQUEST CPU_LIMIT MEM_REQUEST MEM_LIMIT',
    'USE_LEADER_ELECTOR TELEMETRY_PATH',
  ].flatMap((line) => line.split(' ').map((name) => `AGENT_INJECT_${name}`)),
  valueProblem: (name, value) =>
    name === 'AGENT_INJECT_LOG_FORMAT' ? wordProblem(['standard', 'json'], value) : undefined,
  commandProblem: (container) =>
    lineProblem(container, { commands: [], args: [['agent-inject']], options: [] }),
  needs: () =>
    ['VAULT_ADDR', 'VAULT_IMAGE', 'TLS_AUTO', 'TLS_AUTO_HOSTS'].map((name) => `AGENT_INJECT_${name}`),
  listens: (container) => [portIn(valueOf(container, 'AGENT_INJECT_LISTEN') ?? ':8080')],
  health: {
    startupProbe: ['/health/ready'],
    livenessProbe: ['/health/ready'],
    readinessProbe: ['/health/ready'],
  },
  writes: none,
  reads: () => [],
};

export const postgres: Program = {
  image: /^postgres$/,
  source: 'https://hub.docker.com/_/postgres and https://www.postgresql.org/docs/18/runtime-config.html',
  variables: [
    ...['PGDATA', 'PGHOST', 'PGPORT', 'PGUSER', 'PGDATABASE'],
    ...['USER', 'PASSWORD_FILE', 'DB', 'INITDB_ARGS', 'HOST_AUTH_METHOD'].map((name) => `POSTGRES_${name}`),
  ],
  commandProblem: (container) =>
    lineProblem(container, {
      commands: [['postgres'], ['bash']],
      args: [[]],
      options: ['--config-file', '--data-directory', '--hba-file', '--ident-file'],
    }),
  needs: (container) =>
    wordsOf(container)[0] === 'postgres' ? ['--config-file', '--data-directory'] : ['PGDATA'],
  listens: () => [5432],
  health: {},
  // Its socket, and what parallel queries share; a script is told of its places.
  writes: (container) =>
    wordsOf(container)[0] === 'postgres' ? ['/var/run/postgresql', '/dev/shm', '/tmp'] : [],
  reads: () => [],
};

const RELOADS = '--tls-auto-reload-interval';

export const valkey: Program = {
  image: /^valkey$/,
  source: 'https://valkey.io/topics/valkey.conf/ and https://valkey.io/topics/sentinel/',
  variables: [],
  commandProblem(container) {
    const words = wordsOf(container);
    const told = words.indexOf(RELOADS);
    if (told >= 0 && !/^\d+$/.test(words[told + 1] ?? '')) return `${RELOADS} is no number of seconds`;
    return lineProblem(container, {
      commands: [['valkey-server'], ['valkey-sentinel']],
      args: [[]],
      options: [RELOADS, '--replica-announce-ip', '--replicaof', '--sentinel'],
    });
  },
  // A week later it shows a certificate that has ended.
  needs: (container) => (wordsOf(container).includes('--sentinel') ? [] : [RELOADS]),
  listens: () => [6379, 26379],
  health: {},
  writes: none,
  // Its working folder.
  reads: () => ['/data'],
};

export const minio: Program = {
  image: /^minio$/,
  source:
    'https://github.com/minio/minio: internal/config/constants.go, cmd/server-main.go, cmd/healthcheck-router.go',
  variables: [
    'ROOT_USER ROOT_PASSWORD ROOT_USER_FILE ROOT_PASSWORD_FILE CONFIG_ENV_FILE BROWSER BROWSER_REDIRECT BROWSER_REDIRECT_URL',
    'DOMAIN SERVER_URL SITE_NAME SITE_REGION UPDATE PROMETHEUS_AUTH_TYPE PROMETHEUS_URL PROMETHEUS_JOB_ID STS_DURATION VOLUMES',
    'STORAGE_CLASS_STANDARD STORAGE_CLASS_RRS COMPRESSION_ENABLE SCANNER_SPEED API_REQUESTS_MAX',
  ].flatMap((line) => line.split(' ').map((name) => `MINIO_${name}`)),
  valueProblem(name, value) {
    if (name === 'MINIO_BROWSER' || name === 'MINIO_UPDATE') return wordProblem(['on', 'off'], value);
    return name === 'MINIO_PROMETHEUS_AUTH_TYPE' ? wordProblem(['public', 'jwt'], value) : undefined;
  },
  commandProblem(container) {
    const problem = lineProblem(container, {
      commands: [['minio', 'server']],
      args: [['server']],
      options: ['--certs-dir', '--address', '--console-address'],
    });
    const keeps = wordsOf(container).some((word) => /^(\/|https:\/\/).*\/?data$/.test(word));
    return problem ?? (keeps ? undefined : 'it is told of no place to keep data in');
  },
  needs: () => [
    ...['ROOT_USER_FILE', 'ROOT_PASSWORD_FILE', 'BROWSER', 'PROMETHEUS_AUTH_TYPE'].map(
      (name) => `MINIO_${name}`,
    ),
    '--certs-dir',
  ],
  listens(container) {
    const address = wordsOf(container).find((word) => word.startsWith('--address='));
    return [address === undefined ? 9000 : portIn(address)];
  },
  health: {
    startupProbe: ['/minio/health/live'],
    livenessProbe: ['/minio/health/live'],
    readinessProbe: ['/minio/health/ready'],
  },
  writes: () => ['/tmp', '/data'],
  reads: () => [],
};

export const client: Program = {
  image: /^minio-client$/,
  source: 'https://github.com/minio/mc: cmd/config.go',
  variables: ['MC_CONFIG_DIR'],
  commandProblem: (container) =>
    lineProblem(container, { commands: [['sh'], ['mc']], args: [], options: [] }),
  listens: () => [],
  health: {},
  writes: () => ['/tmp'],
  reads: () => [],
};

export const postgresExporter: Program = {
  image: /^postgres[-_]exporter$/,
  source: 'https://github.com/prometheus-community/postgres_exporter#environment-variables',
  variables: [
    ...['NAME', 'URI', 'URI_FILE', 'USER', 'USER_FILE', 'PASS', 'PASS_FILE'].map(
      (name) => `DATA_SOURCE_${name}`,
    ),
    ...[
      'WEB_LISTEN_ADDRESS',
      'WEB_TELEMETRY_PATH',
      'DISABLE_DEFAULT_METRICS',
      'DISABLE_SETTINGS_METRICS',
    ].map((name) => `PG_EXPORTER_${name}`),
  ],
  valueProblem: (name, value) =>
    name === 'DATA_SOURCE_USER' && !roles.includes(value)
      ? `there is no role "${value}" in deploy/postgresql/roles.sql`
      : undefined,
  commandProblem: (container) =>
    lineProblem(container, { commands: [], args: [[]], options: ['--web.listen-address', '--log.level'] }),
  needs: () => ['DATA_SOURCE_URI', 'DATA_SOURCE_USER'],
  listens: (container) => [portIn(valueOf(container, 'PG_EXPORTER_WEB_LISTEN_ADDRESS') ?? ':9187')],
  health: { startupProbe: ['/'], livenessProbe: ['/'], readinessProbe: ['/'] },
  writes: none,
  reads: () => [],
};

export const redisExporter: Program = {
  image: /^redis[-_]exporter$/,
  source: 'https://github.com/oliver006/redis_exporter: main.go (1.88.0)',
  variables: [
    ...['ADDR', 'USER', 'PASSWORD', 'PASSWORD_FILE'].map((name) => `REDIS_${name}`),
    ...[
      'NAMESPACE CHECK_KEYS CONFIG_COMMAND CONNECTION_TIMEOUT DEBUG EXPORT_CLIENT_LIST EXPORT_CLIENT_PORT INCL_SYSTEM_METRICS',
      'INCL_CONFIG_METRICS IS_CLUSTER LOG_FORMAT LOG_LEVEL PING_ON_CONNECT REDIS_ONLY_METRICS SET_CLIENT_NAME',
      'SKIP_TLS_VERIFICATION TLS_CA_CERT_FILE TLS_CLIENT_CERT_FILE TLS_CLIENT_KEY_FILE TLS_SERVER_NAME WEB_LISTEN_ADDRESS',
      'WEB_TELEMETRY_PATH',
    ].flatMap((line) => line.split(' ').map((name) => `REDIS_EXPORTER_${name}`)),
  ],
  valueProblem(name, value) {
    if (name === 'REDIS_ADDR' && !value.startsWith('rediss://')) return 'it speaks without TLS';
    if (name === 'REDIS_USER' && !users.includes(value))
      return `there is no user "${value}" in deploy/valkey/users.acl.template`;
    if (name === 'REDIS_EXPORTER_SKIP_TLS_VERIFICATION' && value !== 'false')
      return 'anybody may answer as Valkey';
    return name === 'REDIS_EXPORTER_EXPORT_CLIENT_LIST' ? wordProblem(['true', 'false'], value) : undefined;
  },
  commandProblem: (container) => lineProblem(container, { commands: [], args: [[]], options: [] }),
  needs: () => [
    ...['REDIS_ADDR', 'REDIS_USER', 'REDIS_PASSWORD_FILE'],
    ...['CA_CERT', 'CLIENT_CERT', 'CLIENT_KEY'].map((name) => `REDIS_EXPORTER_TLS_${name}_FILE`),
  ],
  listens: (container) => [portIn(valueOf(container, 'REDIS_EXPORTER_WEB_LISTEN_ADDRESS') ?? ':9121')],
  health: {
    startupProbe: ['/health', '/'],
    livenessProbe: ['/health', '/'],
    readinessProbe: ['/health', '/'],
  },
  writes: none,
  reads: () => [],
};
