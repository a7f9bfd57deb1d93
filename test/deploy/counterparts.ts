/**
 * What each service of deploy/compose is in production: its container, and where each of its ports, variables and files is there.
 * Compose is only worth something while it has the same shape. `npm run k8s:check` (56) looks all of it up in what is rendered, both
 * ways: what one side has and the other has not stands here, with its reason.
 */

/** Where in production something of compose is. */
export type Place =
  /** of the container: its name there */
  | { variable: string }
  /** of /vault/secrets, which Vault's agent writes */
  | { file: string }
  /** "postgresql/roles.sql": a key of a ConfigMap that is mounted */
  | { config: string }
  /** a Secret that is mounted */
  | { secret: string }
  /** a claim that is mounted at the same path */
  | { claim: string }
  /** an image whose Dockerfile sets the same name */
  | { image: 'backend' | 'frontend' }
  /** nowhere */
  | { why: string };

export type Counterpart = {
  /** "site/api api": the container api of the workload api in the site's namespace; empty: it is here alone */
  containers: string[];
  /** why it is here alone, or is another program than there */
  why?: string;
  /** what listens in the container here → the name of that port there; the number is the same */
  ports: Record<number, string>;
  variables: Record<string, Place>;
  /** what is mounted, as compose.yaml names it */
  mounts: Record<string, Place>;
};

/** The repository in place of an image with it, and what npm and Vite make. */
const fromSource: Record<string, Place> = {
  '../..': { why: 'an image has the program' },
  'node-modules': { why: 'an image has its packages' },
  'web-kit': { why: 'an image has the web build' },
  cache: { why: 'an image has what is made of the sources' },
  'vault-tls': { why: 'the site asks no Vault; its agent does' },
};

/** Secret files of production (docs/reference/environment.md) and the variable that stands for each in .env. */
export const secretFiles: Record<string, string> = {
  'database.json': 'DATABASE_URL',
  'cache.json': 'CACHE_URL',
  'storage.json': 'STORAGE_URL',
  'session-key': 'SESSION_KEY',
};

const site: Record<string, Place> = {
  ...Object.fromEntries(Object.entries(secretFiles).map(([file, variable]) => [variable, { file }])),
  SMTP_URL: { why: 'no mail leaves the cluster: messages are read in the database (docs/network.md)' },
  CONTACT_TO: { why: 'no mail leaves the cluster' },
  CONTACT_WEBHOOK_URL: { why: 'none is set; who wants one adds it in the overlay' },
  LOG_LEVEL: { why: 'the default of a server, info' },
  SECRETS_DIR: { variable: 'SECRETS_DIR' },
};

export const services: Record<string, Counterpart> = {
  api: {
    containers: ['site/api api'],
    why: 'Vite serves pages and the API from their sources',
    ports: { 3000: 'https', 9464: 'ops' },
    variables: {
      ...site,
      HOST: { image: 'backend' },
      PORT: { why: 'the default, which is the port of the container' },
      OPS_HOST: { image: 'backend' },
      OPS_PORT: { why: 'the default, which is the port of the container' },
      PUBLIC_URL: { variable: 'PUBLIC_URL' },
    },
    mounts: fromSource,
  },
  backend: {
    containers: ['site/api api'],
    ports: {},
    variables: {
      ...site,
      PUBLIC_URL: { variable: 'PUBLIC_URL' },
      TRUSTED_PROXIES: { variable: 'TRUSTED_PROXIES' },
    },
    mounts: {},
  },
  frontend: {
    containers: ['site/frontend nginx'],
    ports: { 8080: 'http' },
    variables: {},
    mounts: { './place.conf': { config: 'frontend-place/place.conf' } },
  },
  postgres: {
    containers: ['site/postgresql postgresql'],
    ports: { 5432: 'postgresql' },
    variables: {
      POSTGRES_PASSWORD: { why: 'of the superuser, who has none there and comes by the socket' },
      HOMEPAGE_OWNER_PASSWORD: { config: 'postgresql/pg_ident.conf' },
      HOMEPAGE_APP_PASSWORD: { config: 'postgresql/pg_ident.conf' },
      LANG: { config: 'postgresql/prepare.sh' },
    },
    mounts: {
      'postgres-data': { claim: 'data' },
      '../postgresql/roles.sql': { config: 'postgresql/roles.sql' },
      './passwords.sql': { config: 'postgresql/pg_ident.conf' },
    },
  },
  valkey: {
    containers: ['site/valkey valkey'],
    ports: { 6379: 'valkey' },
    variables: {},
    mounts: { './valkey.conf': { config: 'valkey/valkey.conf' } },
  },
  minio: {
    containers: ['site/minio minio'],
    ports: { 9000: 's3' },
    variables: {
      MINIO_ROOT_USER: { file: 'root-user' },
      MINIO_ROOT_PASSWORD: { file: 'root-password' },
      MINIO_BROWSER: { variable: 'MINIO_BROWSER' },
      MINIO_UPDATE: { variable: 'MINIO_UPDATE' },
      HOME: { why: 'it is where certificates are looked for; an argument names their folder there' },
    },
    mounts: { 'minio-data': { claim: 'data' } },
  },
  vault: {
    containers: ['vault/vault vault'],
    ports: { 8200: 'https' },
    variables: {
      VAULT_DEV_ROOT_TOKEN_ID: {
        why: 'a token of root is made of a quorum of keys there, and revoked at once',
      },
      VAULT_DEV_LISTEN_ADDRESS: { config: 'vault/primary.hcl' },
      VAULT_DISABLE_MLOCK: { config: 'vault/primary.hcl' },
      HOME: { why: 'the command line keeps a token there; nobody signs in inside of the container' },
    },
    mounts: { 'vault-tls': { secret: 'vault-tls' } },
  },
  setup: {
    containers: ['site/migrate migrate', 'site/minio-setup minio-setup'],
    why: 'migrates and waits for the bucket; it fills Vault, too, which is in memory here',
    ports: {},
    variables: {
      ...site,
      DATABASE_URL: { why: 'the owner alone signs in' },
      DATABASE_OWNER_URL: { file: 'database.json' },
      CACHE_URL: { why: 'migrating asks no cache' },
      STORAGE_URL: { file: 'mc.json' },
      SESSION_KEY: { why: 'migrating signs nothing' },
      VAULT_ADDR: { why: 'a person runs homepage vault up (docs/vault.md)' },
      VAULT_CACERT: { why: 'a person runs homepage vault up' },
      VAULT_TOKEN: { why: 'a person runs homepage vault up' },
    },
    mounts: fromSource,
  },
  prepare: {
    containers: [],
    why: 'an image has its packages, a volume its owner (fsGroup)',
    ports: {},
    variables: {},
    mounts: { ...fromSource, 'minio-data': { why: 'fsGroup' } },
  },
};

/** What production has and compose has not: of "site/api", "site/api api port ops" and the like. */
export type Only = { what: RegExp; why: string };

export const onlyInProduction: Only[] = [
  { what: /^site\/(postgresql|valkey)-exporter( |$)/, why: 'nobody measures a machine for development' },
  { what: /^site\/backup(-verify|-prune)?( |$)/, why: 'nothing here has to be kept' },
  { what: /^site\/secret-ids( |$)/, why: 'nobody signs in to Vault here' },
  { what: /^vault\/vault-(bootstrap-)?snapshots?(-prune)?( |$)/, why: 'in memory here' },
  {
    what: /^vault\/(vault-bootstrap|vault-agent-injector)( |$)/,
    why: 'Vault is in development mode here: it is never sealed, and nothing is injected',
  },
  { what: / file tls\.pem$/, why: 'no TLS but Vault’s, and no client certificates (docs/decisions/0050)' },
  { what: /^site\/api file github\.json$/, why: 'the site does not read it yet' },
  { what: /^site\/api file backup-to$/, why: 'nothing here has to be kept: there are no backups to show' },
  { what: /^site\/frontend nginx port ops$/, why: 'nobody probes or measures it here' },
  {
    what: /^site\/(postgresql|valkey) (reloader|reloader-agent|reloader-agent-init)( |$)/,
    why: 'no certificate is renewed here, and no list of users (docs/decisions/0022)',
  },
  {
    what: /^site\/(postgresql|valkey) (config \w+-reloader-agent\/reloader(-init)?\.hcl|secret (approle-\w+-reloader|vault-ca))$/,
    why: 'of the reloader',
  },
  { what: /^site\/postgresql prepare( |$)/, why: 'the image’s own script prepares the folder here' },
  {
    what: /^site\/postgresql config postgresql\/(pg_hba|postgresql)\.conf$/,
    why: 'who may come in by certificate, and sizes for a server',
  },
  { what: /^site\/valkey file users\.acl$/, why: 'one user without a password here' },
  {
    what: /^site\/minio minio variable MINIO_ROOT_(USER|PASSWORD)_FILE$/,
    why: 'names the files, which are variables here',
  },
  { what: /^site\/minio minio variable MINIO_PROMETHEUS_AUTH_TYPE$/, why: 'nobody measures it here' },
  {
    what: /^site\/minio-setup (file user-(site|postgresql|backup-(writer|pruner|reader))|config minio-setup\/(setup\.sh|(site|postgresql)\.json|backup-(lifecycle|pruner|reader|writer)\.json))$/,
    why: 'one user may do all here, and the bucket is a folder of the disk',
  },
  {
    what: /^vault\/vault vault variable VAULT_TOKEN$/,
    why: 'opens it; in development mode it is never sealed',
  },
  { what: /^vault\/vault claim (data|audit)$/, why: 'in memory here' },
];

/** Names in .env that the site does not read, with what has them in production. */
export const ofServers: Record<string, string> = {
  POSTGRES_PASSWORD: 'of the superuser; in production it has none and comes by the socket',
  HOMEPAGE_OWNER_PASSWORD: 'of homepage_owner; in production a certificate',
  HOMEPAGE_APP_PASSWORD: 'of homepage_app; in production a certificate',
  MINIO_ROOT_USER: 'in production the secret minio/root of Vault',
  MINIO_ROOT_PASSWORD: 'in production the secret minio/root of Vault',
  VAULT_TOKEN: 'of root; in production it is made of a quorum of keys and revoked at once',
};
