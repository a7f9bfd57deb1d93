/**
 * What each service of deploy/compose is in production. Compose is only worth something while it has the same shape: the test
 * beside this file compares both, and fails when one of them gets something that the other has not.
 */
export type Counterpart = {
  /** the workload in deploy/kubernetes; null: only here, with the reason */
  kubernetes: {
    kind: 'Deployment' | 'StatefulSet' | 'Job';
    name: string;
    namespace: 'homepage' | 'vault';
  } | null;
  why?: string;
  /** ports of this machine, by what listens there in the container: the same ones as in production */
  ports: Record<number, number>;
};

export const services: Record<string, Counterpart> = {
  api: {
    kubernetes: { kind: 'Deployment', name: 'api', namespace: 'homepage' },
    ports: { 3000: 3000, 9464: 9464 },
  },
  backend: {
    kubernetes: { kind: 'Deployment', name: 'api', namespace: 'homepage' },
    why: 'the same as api, as its image is',
    ports: {},
  },
  frontend: {
    kubernetes: { kind: 'Deployment', name: 'frontend', namespace: 'homepage' },
    ports: { 8080: 8080 },
  },
  postgres: {
    kubernetes: { kind: 'StatefulSet', name: 'postgresql', namespace: 'homepage' },
    ports: { 5432: 5432 },
  },
  valkey: {
    kubernetes: { kind: 'StatefulSet', name: 'valkey', namespace: 'homepage' },
    ports: { 6379: 6379 },
  },
  minio: { kubernetes: { kind: 'StatefulSet', name: 'minio', namespace: 'homepage' }, ports: { 9000: 9000 } },
  vault: { kubernetes: { kind: 'StatefulSet', name: 'vault', namespace: 'vault' }, ports: { 8200: 8200 } },
  setup: {
    kubernetes: { kind: 'Job', name: 'migrate', namespace: 'homepage' },
    why: 'migrates, and fills Vault, which is in memory here',
    ports: {},
  },
  prepare: { kubernetes: null, why: 'an image has its packages, a volume its owner (fsGroup)', ports: {} },
};

/** Secret files of production (docs/reference/environment.md) and the variable that stands for each in .env. */
export const secretFiles: Record<string, string> = {
  'database.json': 'DATABASE_URL',
  'cache.json': 'CACHE_URL',
  'storage.json': 'STORAGE_URL',
  'session-key': 'SESSION_KEY',
};

/** Names that the site does not read, with what has them in production. */
export const ofServers: Record<string, string> = {
  POSTGRES_PASSWORD: 'of the superuser; in production it has none and comes by the socket',
  HOMEPAGE_OWNER_PASSWORD: 'of homepage_owner; in production a certificate',
  HOMEPAGE_APP_PASSWORD: 'of homepage_app; in production a certificate',
  MINIO_ROOT_USER: 'in production the secret minio/root of Vault',
  MINIO_ROOT_PASSWORD: 'in production the secret minio/root of Vault',
  VAULT_TOKEN: 'of root; in production it is made of a quorum of keys and revoked at once',
};
