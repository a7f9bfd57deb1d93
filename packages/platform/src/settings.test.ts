import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problems } from './problem.ts';
import { loadDotEnv } from './dot-env.ts';
import { environment, readSettings } from './settings.ts';

test('without any variable there is a complete set of settings', () => {
  expect(readSettings({}, '/srv/homepage')).toEqual({
    port: 3000,
    host: '127.0.0.1',
    opsHost: '127.0.0.1',
    opsPort: 9464,
    publicUrl: undefined,
    dataDir: '/srv/homepage/data',
    database: undefined,
    databaseOwner: undefined,
    storage: undefined,
    tls: undefined,
    tlsClients: ['homepage-frontend', 'homepage-traefik'],
    secretFiles: ['/srv/homepage/data/session-key'],
    configFile: undefined,
    backup: { to: [], recipients: [], keepDays: 7, keepAtLeast: 4 },
    logLevel: undefined,
  });
});

test('every variable is read, relative paths start at the root, and an empty one is as if unset', () => {
  const settings = readSettings(
    {
      PORT: ' 8080 ',
      HOST: '0.0.0.0',
      OPS_HOST: '::1',
      OPS_PORT: '0',
      PUBLIC_URL: 'https://Example.dev/',
      DATA_DIR: '../elsewhere',
      DATABASE_URL: 'postgres://app@db/homepage',
      DATABASE_OWNER_URL: 'postgresql://owner@db/homepage',
      CACHE_URL: 'valkeys://me:a%2Fb@[::1]',
      STORAGE_URL: 's3://me:a%2Fb@media?endpoint=https://minio:9000',
      HOMEPAGE_CONFIG: '/etc/homepage.ts',
      BACKUP_TO: 'file:///mnt/backups, s3://me:a%2Fb@copies/my-site?endpoint=https://elsewhere',
      BACKUP_RECIPIENTS: `age1${'a'.repeat(58)}`,
      BACKUP_IDENTITY_FILE: 'key.txt',
      BACKUP_KEEP_DAYS: '30',
      BACKUP_KEEP_AT_LEAST: '2',
      LOG_LEVEL: '',
    },
    '/srv/homepage',
  );
  expect(settings).toEqual({
    backup: {
      to: [
        { kind: 'files', name: 'file:///mnt/backups', folder: '/mnt/backups' },
        {
          kind: 's3',
          name: 's3://copies/my-site at elsewhere',
          prefix: 'my-site',
          target: {
            endpoint: 'https://elsewhere',
            bucket: 'copies',
            accessKey: 'me',
            secretKey: 'a/b',
            ca: undefined,
          },
        },
      ],
      recipients: [`age1${'a'.repeat(58)}`],
      identityFile: '/srv/homepage/key.txt',
      keepDays: 30,
      keepAtLeast: 2,
    },
    port: 8080,
    host: '0.0.0.0',
    opsHost: '::1',
    opsPort: 0,
    publicUrl: 'https://example.dev',
    dataDir: '/srv/elsewhere',
    database: { url: 'postgres://app@db/homepage', tls: undefined },
    databaseOwner: { url: 'postgresql://owner@db/homepage', tls: undefined },
    cache: { host: '::1', port: 6379, user: 'me', password: 'a/b', tls: {} },
    storage: {
      endpoint: 'https://minio:9000',
      bucket: 'media',
      accessKey: 'me',
      secretKey: 'a/b',
      ca: undefined,
    },
    tls: undefined,
    tlsClients: ['homepage-frontend', 'homepage-traefik'],
    secretFiles: [],
    configFile: '/etc/homepage.ts',
    logLevel: undefined,
  });
});

const port = 'must be a port number from 0 to 65535.';
const origin = 'must be an origin such as https://example.dev, without path, query or password.';
const address = 'must be a full http:// or https:// address.';
const postgres = 'must be an address such as postgres://user:password@host:5432/database.';

const networks = 'must be addresses or networks such as 10.0.0.0/8, with commas between.';
const s3 = 'must be an address such as s3://key:secret@bucket?endpoint=https://host:9000.';
const valkey =
  'must be an address such as valkeys://user:password@host:6379, or valkeys+sentinel://user:password@host:26379,host:26379/master.';
const smtp = 'must be an address such as smtp://user:password@mail.example.dev:587.';
const targets =
  'must be file:///a/folder or s3://key:secret@bucket/prefix?endpoint=https://host; a second one, off this site, after a comma.';
const wrong: [variable: keyof typeof environment.shape, value: string, message: string][] = [
  ['PORT', 'SECRET', port],
  ['PORT', '65536', port],
  ['PORT', '-1', port],
  ['PORT', '80.5', port],
  ['PORT', '0x50', port],
  ['OPS_PORT', '1e3', port],
  ['HOST', '  ', 'must not be blank.'],
  ['OPS_HOST', '\t', 'must not be blank.'],
  ['DATA_DIR', ' ', 'must not be blank.'],
  ['HOMEPAGE_CONFIG', ' ', 'must not be blank.'],
  ['PUBLIC_URL', 'example.dev', address],
  ['PUBLIC_URL', 'ftp://SECRET.dev', address],
  ['PUBLIC_URL', 'https://example.dev/SECRET', origin],
  ['PUBLIC_URL', 'https://user:SECRET@example.dev', origin],
  ['PUBLIC_URL', 'https://example.dev?SECRET', origin],
  ['DATABASE_URL', 'mysql://user:SECRET@db/homepage', postgres],
  ['DATABASE_URL', 'SECRET', postgres],
  ['DATABASE_OWNER_URL', 'http://user:SECRET@db', postgres],
  ['CACHE_URL', 'https://SECRET', valkey],
  ['CACHE_URL', 'SECRET', valkey],
  ['CACHE_URL', 'valkeys://', valkey],
  ['CACHE_URL', 'valkeys://me:SECRET@host:port', valkey],
  ['CACHE_URL', 'valkeys+sentinel://me:SECRET@one,two', valkey],
  ['CACHE_URL', 'valkeys+sentinel://me:SECRET@one,/master', valkey],
  ['CACHE_URL', 'valkeys+sentinel://me:SECRET@one/a/b', valkey],
  ['STORAGE_URL', 'https://SECRET', s3],
  ['STORAGE_URL', 's3://bucket?endpoint=https://SECRET', s3],
  ['STORAGE_URL', 's3://key:SECRET@bucket', s3],
  ['STORAGE_URL', 's3://key:SECRET@bucket?endpoint=minio', s3],
  ['SECRETS_DIR', ' ', 'must not be blank.'],
  ['TLS_CERT_FILE', ' ', 'must not be blank.'],
  ['TLS_KEY_FILE', ' ', 'must not be blank.'],
  ['TLS_CA_FILE', ' ', 'must not be blank.'],
  ['TLS_CLIENTS', 'SECRET,,', 'must be names with commas between.'],
  ['SESSION_KEY', 'SECRET', 'holds what is not base64.'],
  ['SESSION_KEY', 'SECRET+Q', 'holds a key of less than 32 bytes.'],
  ['TRUSTED_PROXIES', '10.0.0.0/33', networks],
  ['TRUSTED_PROXIES', '10.0.0.1,proxy.SECRET', networks],
  ['SMTP_URL', 'mail.SECRET', smtp],
  ['SMTP_URL', 'http://user:SECRET@mail.example.dev', smtp],
  ['CONTACT_FROM', 'SECRET', 'must be an e-mail address.'],
  ['CONTACT_TO', 'a@b@SECRET', 'must be an e-mail address.'],
  ['CONTACT_WEBHOOK_URL', 'ftp://SECRET', 'must be a full http:// or https:// address.'],
  ['BACKUP_TO', 'SECRET', targets],
  ['BACKUP_TO', 'file://host/SECRET', targets],
  ['BACKUP_TO', 'file:///', targets],
  ['BACKUP_TO', 's3://key:SECRET@bucket/a%20b?endpoint=https://host', targets],
  ['BACKUP_TO', 'file:///mnt/a,,file:///mnt/b', 'must not have an empty part between commas.'],
  ['BACKUP_RECIPIENTS', 'AGE-SECRET-KEY-1SECRET', 'must be public keys of age (age1…), with commas between.'],
  ['BACKUP_IDENTITY_FILE', ' ', 'must not be blank.'],
  ['BACKUP_KEEP_DAYS', '0', 'must be a whole number from 1 to 9999.'],
  ['BACKUP_KEEP_AT_LEAST', 'SECRET', 'must be a whole number from 1 to 9999.'],
  ['LOG_LEVEL', 'SECRET', 'must be one of fatal, error, warn, info, debug, trace, silent.'],
];

test('Sentinels are named one after the other, and then the master that they watch', () => {
  const sentinels = [
    { host: 'one', port: 26379 },
    { host: '::1', port: 5000 },
  ];
  expect(readSettings({ CACHE_URL: 'valkeys+sentinel://me:a%2Fb@one,[::1]:5000/site' }).cache).toEqual({
    sentinels,
    master: 'site',
    user: 'me',
    password: 'a/b',
    tls: {},
  });
  expect(readSettings({ CACHE_URL: 'redis+sentinel://127.0.0.1/site' }).cache).toMatchObject({
    tls: undefined,
  });
});

test('a cache on the same machine may be asked without TLS', () => {
  expect(readSettings({ CACHE_URL: 'redis://127.0.0.1:6380' }).cache).toEqual({
    host: '127.0.0.1',
    port: 6380,
    user: undefined,
    password: undefined,
    tls: undefined,
  });
});

test.each(wrong)('%s=%j is named with the fix and without its value', (variable, value, message) => {
  const problem = failure({ [variable]: value });
  expect(problem.message).toBe(
    `The environment is not valid:\n  ${variable} ${message} ${variable.endsWith('_URL') ? 'Correct' : 'Change or unset'} ${variable}.`,
  );
  expect(problem.problems).toMatchObject([{ code: 'SETTING_INVALID', field: variable }]);
  if (value.includes('SECRET')) expect(problem.message + problem.fix).not.toMatch(/SECRET(?!S_DIR)/);
});

test('all wrong variables are named at once', () => {
  const { code, message, fix } = failure({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL: 'z' });
  expect(code).toBe('SETTINGS_INVALID');
  expect(
    message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(' ')[0]),
  ).toEqual(['PORT', 'DATABASE_URL', 'LOG_LEVEL']);
  expect(fix).toContain('docs/reference/environment.md');
});

test('every variable with a check has a wrong value here', () => {
  expect(new Set(wrong.map(([variable]) => variable))).toEqual(new Set(Object.keys(environment.shape)));
});

describe('.env', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'homepage-env-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
    delete process.env['TEST_ONLY_A'];
    delete process.env['TEST_ONLY_B'];
  });

  test('is optional', () => {
    expect(() => loadDotEnv(root)).not.toThrow();
  });

  test('gives what the environment does not', () => {
    process.env['TEST_ONLY_A'] = 'from the environment';
    writeFileSync(join(root, '.env'), 'TEST_ONLY_A=from the file\nTEST_ONLY_B="from the file"\n');
    loadDotEnv(root);
    expect([process.env['TEST_ONLY_A'], process.env['TEST_ONLY_B']]).toEqual([
      'from the environment',
      'from the file',
    ]);
  });

  test('that cannot be read is named', () => {
    mkdirSync(join(root, '.env'));
    expect(() => loadDotEnv(root)).toThrow(
      expect.objectContaining({
        code: 'ENV_FILE_UNREADABLE',
        message: expect.stringContaining(join(root, '.env')),
      }),
    );
  });
});

function failure(env: NodeJS.ProcessEnv): Problems {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof Problems) return error;
    throw error;
  }
  throw new Error('these settings are valid');
}
