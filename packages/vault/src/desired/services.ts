/**
 * Every service that has secrets: who it is in its certificate, what the certificate is for, and which files the agent
 * beside it writes. Rights: deploy/vault/policies/<service>.hcl, tested against this table (`homepage vault policy test`).
 */
import { namesOfSeveral, type Environment } from './environment.ts';

export type Service = {
  name: string;
  /** common name; PostgreSQL decides by it which role signs in (deploy/postgresql/pg_ident.conf) */
  commonName: string;
  /**
   * both: the API shows nginx the certificate that it signs in to PostgreSQL with (docs/decisions/0031); Valkeys and Sentinels
   * are each other's clients where there are several (docs/decisions/0055)
   */
  purpose: 'server' | 'client' | 'both';
  /** besides tls.crt, tls.key and ca.crt, which each has */
  files: SecretFile[];
  /** where Sentinels watch several Valkeys, besides those or in the place of those of the same name */
  several?: SecretFile[];
  /** names of each of several, which a certificate of each bears */
  nodes?: string[];
  /** another service, in whose place it answers by the same names */
  inPlaceOf?: string;
  /**
   * cert-manager asks for its certificate, with a key that Vault never sees; no agent does. several: only where there are several
   * of each
   */
  signedOnly?: 'always' | 'several';
};

export type SecretFile = {
  file: string;
  /** below deploy/vault */
  template: string;
  /** another one, whose text follows */
  also?: string;
  /** whose address it tells */
  server?: string;
  /** for more placeholders of the template */
  values?: Record<string, string>;
};

const database = (user: string): SecretFile => ({
  file: 'database.json',
  template: 'agent/database.json.ctmpl',
  server: 'postgresql',
  values: { user, database: 'homepage' },
});
const cache = (user: string): SecretFile => ({
  file: 'cache.json',
  template: 'agent/cache.json.ctmpl',
  server: 'valkey',
  values: { user },
});
/** Not where it is, but who says where the master is. */
const cacheOfSentinels = (user: string): SecretFile => ({
  file: 'cache.json',
  template: 'agent/cache-sentinels.json.ctmpl',
  values: { user },
});
/** It stands beside the server and asks that one, whatever the Service points to (docs/decisions/0022). */
const beside = ({ values, ...file }: SecretFile): SecretFile => ({
  ...file,
  values: { ...values, host: 'localhost' },
});
const storage: SecretFile = { file: 'storage.json', template: 'agent/storage.json.ctmpl', server: 'minio' };
/** The place in the cluster, and the one off this site when there is one. */
const backupTo = (user: 'writer' | 'pruner' | 'reader'): SecretFile => ({
  file: 'backup-to',
  template: 'agent/backup-to.ctmpl',
  server: 'minio',
  values: { user },
});
const plain = (file: string): SecretFile => ({ file, template: `agent/${file}.ctmpl` });

export const services: Service[] = [
  {
    name: 'api',
    commonName: 'homepage-api',
    purpose: 'both',
    files: [
      database('homepage_app'),
      cache('api'),
      storage,
      plain('session-key'),
      plain('github.json'),
      // It shows how they are, and makes none.
      backupTo('reader'),
    ],
    several: [cacheOfSentinels('api')],
  },
  { name: 'migrate', commonName: 'homepage-migrate', purpose: 'client', files: [database('homepage_owner')] },
  {
    name: 'backup',
    commonName: 'homepage-backup',
    purpose: 'client',
    files: [database('homepage_backup'), storage, backupTo('writer')],
  },
  {
    name: 'backup-verify',
    commonName: 'homepage-backup-verify',
    purpose: 'client',
    files: [backupTo('writer')],
  },
  {
    name: 'backup-prune',
    commonName: 'homepage-backup-prune',
    purpose: 'client',
    files: [backupTo('pruner')],
  },
  { name: 'frontend', commonName: 'homepage-frontend', purpose: 'client', files: [] },
  { name: 'postgresql', commonName: 'homepage-postgresql', purpose: 'server', files: [] },
  // CloudNativePG reads Secrets, which cert-manager writes: each of its instances has the one, and shows the other to the primary.
  {
    name: 'postgresql-instance',
    commonName: 'homepage-postgresql-instance',
    purpose: 'server',
    files: [],
    inPlaceOf: 'postgresql',
    signedOnly: 'several',
  },
  {
    name: 'postgresql-replica',
    commonName: 'homepage-postgresql-replica',
    purpose: 'client',
    files: [],
    signedOnly: 'several',
  },
  {
    name: 'postgresql-reloader',
    commonName: 'homepage-reloader',
    purpose: 'client',
    files: [
      beside({
        ...database('homepage_reloader'),
        values: { user: 'homepage_reloader', database: 'postgres' },
      }),
    ],
  },
  {
    name: 'postgresql-exporter',
    commonName: 'homepage-exporter',
    purpose: 'client',
    files: [database('homepage_exporter')],
  },
  {
    name: 'valkey',
    commonName: 'homepage-valkey',
    // It is its own client where there are several.
    purpose: 'both',
    files: [{ file: 'users.acl', template: '../valkey/users.acl.template' }],
    several: [
      {
        file: 'users.acl',
        template: '../valkey/users.acl.template',
        also: '../valkey/ha/users.acl.template',
      },
      { file: 'replication.conf', template: '../valkey/ha/replication.conf.template' },
    ],
    nodes: namesOfSeveral('valkey', 3, 'valkey-nodes'),
  },
  {
    name: 'valkey-sentinel',
    commonName: 'homepage-valkey-sentinel',
    purpose: 'both',
    files: [
      { file: 'sentinel-users.acl', template: '../valkey/ha/sentinel-users.acl.template' },
      { file: 'sentinel-users.conf', template: '../valkey/ha/sentinel-users.conf.template' },
    ],
    nodes: namesOfSeveral('valkey-sentinel', 3, 'valkey-sentinel'),
  },
  // Other names than PostgreSQL's: it must not take them for its own.
  {
    name: 'valkey-reloader',
    commonName: 'homepage-valkey-reloader',
    purpose: 'client',
    files: [beside(cache('reloader'))],
  },
  {
    name: 'valkey-exporter',
    commonName: 'homepage-valkey-exporter',
    purpose: 'client',
    files: [
      cache('exporter'),
      { file: 'passwords.json', template: 'agent/passwords.json.ctmpl', server: 'valkey' },
    ],
  },
  {
    name: 'minio',
    commonName: 'homepage-minio',
    purpose: 'server',
    files: [plain('root-user'), plain('root-password')],
    nodes: namesOfSeveral('minio', 4, 'minio-nodes'),
  },
  {
    name: 'minio-setup',
    commonName: 'homepage-minio-setup',
    purpose: 'client',
    files: [
      { file: 'mc.json', template: 'agent/mc.json.ctmpl', server: 'minio' },
      ...['site', 'backup-writer', 'backup-pruner', 'backup-reader', 'postgresql'].map(
        (user): SecretFile => ({
          file: `user-${user}`,
          template: 'agent/minio-user.ctmpl',
          values: { user },
        }),
      ),
    ],
  },
  // Traefik shows it to the API.
  { name: 'traefik', commonName: 'homepage-traefik', purpose: 'client', files: [], signedOnly: 'always' },
];

/** The files of a service in an environment, besides those of its certificate. */
export function secretFilesOf(
  { sentinels }: Pick<Environment, 'sentinels'>,
  { files, several = [] }: Service,
): SecretFile[] {
  if (!sentinels) return files;
  return [...files.filter(({ file }) => !several.some((one) => one.file === file)), ...several];
}
