/**
 * Environment variables, checked once at start. The list and its defaults: docs/reference/environment.md.
 */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { CacheTarget } from './cache/cache.ts';
import { CACHE_SHAPE, cacheAt, isCacheAddress } from './cache/address.ts';
import type { DatabaseServer } from './database/open.ts';
import { Problem, Problems } from './problem.ts';
import {
  readSecretFiles,
  readTls,
  secretFilesIn,
  type SecretFiles,
  type Tls,
} from './secrets/secret-files.ts';
import {
  parseSessionKeys,
  readSessionKeys,
  SESSION_KEY_FILE,
  type SessionKeys,
} from './secrets/session-key.ts';
import { BACKUP_TO_FILE, backupSettings, backupVariables, type BackupSettings } from './backup-settings.ts';
import { s3Target } from './storage/location.ts';
import type { S3Target } from './storage/s3.ts';
import { misspelled, variableUnknown, whereSet } from './variables.ts';

const STORAGE_SHAPE = 'must be an address such as s3://key:secret@bucket?endpoint=https://host:9000';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const port = z
  .string()
  .trim()
  .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65535, 'must be a port number from 0 to 65535');
const text = z.string().trim().min(1, 'must not be blank');
const originAddress = z
  .url({ protocol: /^https?$/, error: 'must be a full http:// or https:// address' })
  .refine(isOrigin, 'must be an origin such as https://example.dev, without path, query or password')
  .transform((value) => new URL(value).origin);
const postgresAddress = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be an address such as postgres://user:password@host:5432/database',
});

const storageAddress = z
  .url({ protocol: /^s3$/, error: STORAGE_SHAPE })
  .refine((value) => s3Target(value) !== undefined, STORAGE_SHAPE);
const cacheAddress = text.refine(isCacheAddress, CACHE_SHAPE);
const smtpAddress = z.url({
  protocol: /^smtps?$/,
  error: 'must be an address such as smtp://user:password@mail.example.dev:587',
});
const webAddress = z.url({ protocol: /^https?$/, error: 'must be a full http:// or https:// address' });
const mailbox = z.email('must be an e-mail address');
const networks = text
  .transform((value) => value.split(',').map((network) => network.trim()))
  .refine(
    (list) => list.every(isNetwork),
    'must be addresses or networks such as 10.0.0.0/8, with commas between',
  );

/** Who has the edge to the API: docs/network.md. */
const CLIENTS = 'homepage-frontend,homepage-traefik';
const names = text
  .transform((value) => value.split(',').map((name) => name.trim()))
  .refine((list) => list.every((name) => name !== ''), 'must be names with commas between');

const sessionKeys = text.transform((value, context): SessionKeys => {
  const keys = parseSessionKeys(value.split(',').map((key) => key.trim()));
  if (typeof keys !== 'string') return keys;
  context.addIssue({ code: 'custom', message: keys });
  return z.NEVER;
});

/** Every variable that the program reads, with its check and its default. */
export const environment = z.object({
  PORT: port.default(3000),
  HOST: text.default('127.0.0.1'),
  OPS_HOST: text.default('127.0.0.1'),
  OPS_PORT: port.default(9464),
  PUBLIC_URL: originAddress.optional(),
  DATA_DIR: text.default('./data'),
  DATABASE_URL: postgresAddress.optional(),
  DATABASE_OWNER_URL: postgresAddress.optional(),
  CACHE_URL: cacheAddress.optional(),
  STORAGE_URL: storageAddress.optional(),
  SECRETS_DIR: text.optional(),
  TLS_CERT_FILE: text.optional(),
  TLS_KEY_FILE: text.optional(),
  TLS_CA_FILE: text.optional(),
  TLS_CLIENTS: names.prefault(CLIENTS),
  SESSION_KEY: sessionKeys.optional(),
  HOMEPAGE_CONFIG: text.optional(),
  TRUSTED_PROXIES: networks.optional(),
  SMTP_URL: smtpAddress.optional(),
  CONTACT_FROM: mailbox.optional(),
  CONTACT_TO: mailbox.optional(),
  CONTACT_WEBHOOK_URL: webAddress.optional(),
  ...backupVariables,
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).optional(),
});

export type Settings = {
  port: number;
  host: string;
  opsHost: string;
  opsPort: number;
  /** origin without trailing slash; undefined: http://HOST:PORT when embedded */
  publicUrl: string | undefined;
  dataDir: string;
  /** undefined: embedded, in dataDir */
  database: DatabaseServer | undefined;
  /** who may change the schema; undefined: the same user */
  databaseOwner: DatabaseServer | undefined;
  /** undefined: memory of the process */
  cache: CacheTarget | undefined;
  /** undefined: files in dataDir */
  storage: S3Target | undefined;
  /** this service's own certificate, and the authority that its peers' come from */
  tls: Tls | undefined;
  /** common names in the certificates of those who may come in, where the site has one itself */
  tlsClients: string[];
  /** what links and sessions are signed with; undefined: not given, or embedded and not made yet (ownSessionKeys) */
  sessionKeys: SessionKeys | undefined;
  /** where secret files were looked for; undefined: everything comes from the environment */
  secretsDir: string | undefined;
  /** whose contents the settings above come from, there or not: when they change, so do these settings */
  secretFiles: string[];
  /** path of the site's configuration file; undefined: homepage.config.ts of the repository */
  configFile: string | undefined;
  /** networks whose word about a visitor's address (X-Forwarded-For) is taken */
  trustedProxies: string[] | undefined;
  /** where notices of new messages go out; undefined: no mail */
  smtpUrl: string | undefined;
  contactFrom: string | undefined;
  contactTo: string | undefined;
  contactWebhookUrl: string | undefined;
  backup: BackupSettings;
  /** undefined: warn when embedded (a person reads the terminal), info on the platform (a collector does) */
  logLevel: string | undefined;
};

/**
 * @param root relative paths start here
 * @throws Problems SETTINGS_INVALID naming every wrong variable; Problem SECRETS_MISSING, SECRET_UNREADABLE, SECRET_INVALID;
 *   values are never repeated, they may be secrets
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env, root: string = process.cwd()): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  const unknown = unknownVariables(given);
  if (!result.success || unknown.length > 0)
    throw settingsInvalid([...unknown, ...wrongValues(result.error, given)]);
  const value = result.data;
  const folder = secretsFolder(value.SECRETS_DIR);
  const secrets: Partial<SecretFiles> = folder === undefined ? {} : readSecretFiles(resolve(root, folder));
  const tls = tlsOf(value, root) ?? secrets.tls;
  const database = value.DATABASE_URL
    ? { url: value.DATABASE_URL, tls }
    : withTls('database.json', secrets.database, tls);
  const dataDir = resolve(root, value.DATA_DIR);
  // Embedded, a key is made (ownSessionKeys). Replicas must all be given the same.
  const keyFolder = folder ?? (database === undefined ? dataDir : undefined);
  const keyFile = keyFolder && resolve(root, keyFolder, SESSION_KEY_FILE);
  const backupFile = folder && resolve(root, folder, BACKUP_TO_FILE);
  return {
    port: value.PORT,
    host: value.HOST,
    opsHost: value.OPS_HOST,
    opsPort: value.OPS_PORT,
    publicUrl: value.PUBLIC_URL,
    dataDir,
    database,
    databaseOwner: value.DATABASE_OWNER_URL ? { url: value.DATABASE_OWNER_URL, tls } : undefined,
    cache:
      value.CACHE_URL === undefined
        ? withTls('cache.json', secrets.cache, tls)
        : cacheAt(value.CACHE_URL, tls),
    storage: storageOf(value.STORAGE_URL, secrets.storage, tls),
    tls,
    tlsClients: value.TLS_CLIENTS,
    sessionKeys: value.SESSION_KEY ?? (keyFile === undefined ? undefined : readSessionKeys(keyFile)),
    secretsDir: folder && resolve(root, folder),
    secretFiles: [
      ...[value.TLS_CERT_FILE, value.TLS_KEY_FILE, value.TLS_CA_FILE].flatMap((file) => file ?? []),
      ...(folder === undefined ? [] : secretFilesIn(folder)),
      ...(keyFile === undefined ? [] : [keyFile]),
      ...(backupFile === undefined ? [] : [backupFile]),
    ].map((file) => resolve(root, file)),
    configFile: value.HOMEPAGE_CONFIG && resolve(root, value.HOMEPAGE_CONFIG),
    trustedProxies: value.TRUSTED_PROXIES,
    smtpUrl: value.SMTP_URL,
    contactFrom: value.CONTACT_FROM,
    contactTo: value.CONTACT_TO,
    contactWebhookUrl: value.CONTACT_WEBHOOK_URL,
    backup: backupSettings(value, root, backupFile, tls?.ca),
    logLevel: value.LOG_LEVEL,
  };
}

/** Where Vault's agent writes when it runs beside the program. */
const VAULT_FOLDER = '/vault/secrets';

/** "none" is for a copy of the site that must not meet the real one's database and storage. */
function secretsFolder(given: string | undefined): string | undefined {
  if (given === 'none') return undefined;
  return given ?? (existsSync(VAULT_FOLDER) ? VAULT_FOLDER : undefined);
}

type Values = z.infer<typeof environment>;

/** @throws Problem SETTING_INVALID when one of the three is missing */
function tlsOf({ TLS_CERT_FILE, TLS_KEY_FILE, TLS_CA_FILE }: Values, root: string): Tls | undefined {
  const files = { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CA_FILE };
  if (Object.values(files).every((file) => file === undefined)) return undefined;
  for (const [field, file] of Object.entries(files)) {
    if (file === undefined) {
      throw new Problem('SETTING_INVALID', `${field} is missing beside the other two TLS_…_FILE.`, {
        field,
        fix: 'Set all three, or none.',
      });
    }
  }
  return readTls({
    cert: resolve(root, TLS_CERT_FILE!),
    key: resolve(root, TLS_KEY_FILE!),
    ca: resolve(root, TLS_CA_FILE!),
  });
}

/** Both servers admit only those with a certificate of ours. @throws Problem SECRET_MISSING */
function withTls<Secret>(
  file: string,
  secret: Secret | undefined,
  tls: Tls | undefined,
): (Secret & { tls: Tls }) | undefined {
  if (!secret) return undefined;
  if (tls) return { ...secret, tls };
  throw new Problem('SECRET_MISSING', `There is a ${file}, but no certificate to sign in with.`, {
    field: 'tls.crt',
    fix: 'Let the agent write tls.crt, tls.key and ca.crt beside it.',
  });
}

function storageOf(
  url: string | undefined,
  secret: SecretFiles['storage'],
  tls: Tls | undefined,
): S3Target | undefined {
  const target = url === undefined ? secret : s3Target(url);
  return target && { ...target, ca: tls?.ca };
}

function settingsInvalid(problems: Problem[]): Problems {
  return new Problems('SETTINGS_INVALID', 'The environment is not valid:', problems, {
    fix: 'Variables come from the environment and from .env; docs/reference/environment.md lists them.',
  });
}

/** One problem a variable; the value is not repeated. */
function wrongValues(error: z.ZodError | undefined, given: NodeJS.ProcessEnv): Problem[] {
  const first = new Map<string, string>();
  for (const issue of error?.issues ?? []) {
    const field = String(issue.path[0]);
    if (!first.has(field)) first.set(field, issue.message);
  }
  return [...first].map(([field, message]) => {
    // OPS_PORT=tcp://10.43.0.7:80 is what Kubernetes tells of a Service named "ops".
    const service = /^tcp:/.test(given[field] ?? '')
      ? /^(\w+)_PORT$/.exec(field)?.[1]?.toLowerCase()
      : undefined;
    const fix = service
      ? `Kubernetes sets it for a Service named "${service}": set enableServiceLinks: false on the pod.`
      : field.endsWith('_URL')
        ? `Correct ${field}.`
        : `Change or unset ${field}.`;
    // Not "unset": without the address of its database a site begins anew.
    return new Problem('SETTING_INVALID', `${field} ${message}.`, { field, fix, command: whereSet(field) });
  });
}

/**
 * Variables that were meant to be one of ours, by their names; `readSettings` refuses them.
 * @returns Problems VARIABLE_UNKNOWN
 */
export function unknownVariables(env: NodeJS.ProcessEnv): Problem[] {
  return misspelled(env, Object.keys(environment.shape)).map(variableUnknown);
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, href } = new URL(value);
  return href === `${origin}/`;
}

function isNetwork(value: string): boolean {
  const [address = '', bits, ...more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
