import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { makeAuthority, type Authority, type Bundle } from '@homepage/testkit/services';
import { Problem } from '../problem.ts';
import { backupTarget } from '../backup-settings.ts';
import { readSettings } from '../settings.ts';
import { requireSecrets } from '../shape.ts';

let authority: Authority;
let bundle: Bundle;
let ended: Bundle;
let early: Bundle;
let stranger: Bundle;
let folder: TestFolder;
const database = { host: 'postgresql', port: 5432, database: 'homepage', user: 'homepage_app' };
const cache = { host: 'valkey', port: 6379, user: 'api', password: 'hush-hush' };
const storage = { endpoint: 'https://minio:9000', bucket: 'media', accessKey: 'key', secretKey: 'hush-hush' };
beforeAll(async () => {
  authority = await makeAuthority();
  bundle = await authority.issue({ name: 'homepage-api', purpose: 'client' });
  ended = await authority.issue({ name: 'homepage-api', purpose: 'client', days: -1 });
  early = await authority.issue({ name: 'homepage-api', purpose: 'client', fromDays: 1 });
  stranger = await (await makeAuthority()).issue({ name: 'homepage-api', purpose: 'client' });
  folder = makeFolder();
});
afterAll(() => folder.remove());

/** Settings with these files and nothing else in the folder of secrets. */
function read(files: Record<string, string>, env: Record<string, string> = {}) {
  const secrets = makeFolder(files);
  try {
    return readSettings({ SECRETS_DIR: secrets.path, ...env }, '/srv');
  } finally {
    secrets.remove();
  }
}

function failure(files: Record<string, string>, env: Record<string, string> = {}): Problem {
  try {
    read(files, env);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('these secrets are valid');
}

test('everything comes from the files', () => {
  const settings = read({
    ...bundle,
    'database.json': JSON.stringify(database),
    'cache.json': JSON.stringify(cache),
    'storage.json': JSON.stringify(storage),
  });
  const tls = { cert: bundle['tls.crt'], key: bundle['tls.key'], ca: bundle['ca.crt'] };
  expect(settings).toMatchObject({
    database: { ...database, tls },
    cache: { ...cache, tls },
    storage: { ...storage, ca: tls.ca },
    tls,
  });
});

test('an empty folder is the embedded shape, and an address in the environment wins', () => {
  expect(read({})).toMatchObject({ database: undefined, storage: undefined, tls: undefined });
  const files = { ...bundle, 'database.json': JSON.stringify(database) };
  expect(read(files, { DATABASE_URL: 'postgres://a@b/c' }).database).toMatchObject({
    url: 'postgres://a@b/c',
  });
});

test.each(['tls.crt', 'database.json', 'cache.json', 'storage.json'])(
  'the site does not start without %s',
  (missing) => {
    const all: Record<string, string> = {
      ...bundle,
      'database.json': JSON.stringify(database),
      'cache.json': JSON.stringify(cache),
      'storage.json': JSON.stringify(storage),
    };
    requireSecrets(read(all));
    delete all[missing];
    // Without its certificate the files beside it are of no use, which is said before.
    const problem = missing === 'tls.crt' ? () => read(all) : () => requireSecrets(read(all));
    expect(problem).toThrow(`${missing} is missing.`);
  },
);

test('where there are no secret files nothing of them is required', () => {
  requireSecrets(readSettings({ DATABASE_URL: 'postgres://a@b/c' }));
});

test('a certificate may come from the authority over others between them', async () => {
  const intermediate = await authority.below('Intermediate');
  const own = await intermediate.issue({ name: 'homepage-api', purpose: 'client' });
  expect(read({ ...own, 'database.json': JSON.stringify(database) }).tls?.cert).toBe(own['tls.crt']);
  const withoutIt = { ...own, 'tls.crt': own['tls.crt'].split(/(?<=END CERTIFICATE-----\n)/)[0]! };
  expect(failure(withoutIt).message).toContain('does not come from the authority');
});

test('.env may name the three files of the certificate', () => {
  folder.write(bundle);
  const file = (name: string): string => `${folder.path}/${name}`;
  const env = { TLS_CERT_FILE: file('tls.crt'), TLS_KEY_FILE: file('tls.key'), TLS_CA_FILE: file('ca.crt') };
  expect(readSettings({ ...env, DATABASE_URL: 'postgres://a@b/c' }).database?.tls?.cert).toBe(
    bundle['tls.crt'],
  );
  expect(() => readSettings({ ...env, TLS_KEY_FILE: '' })).toThrow(
    'TLS_KEY_FILE is missing beside the other two TLS_…_FILE.',
  );
});

describe('where backups go', () => {
  const keys = 's3://me:a%2Fb@copies/site?endpoint=https://elsewhere';

  test('comes from a file too, an address a line, and BACKUP_TO wins', () => {
    expect(read({}).backup.to).toEqual([]);
    const files = { 'backup-to': `file:///mnt/backups\n${keys}\n` };
    const { backup, secretFiles } = read(files);
    expect(backup.to).toMatchObject([{ folder: '/mnt/backups' }, { target: { secretKey: 'a/b' } }]);
    expect(secretFiles.at(-1)).toMatch(/\/backup-to$/);
    expect(read(files, { BACKUP_TO: 'file:///other' }).backup.to).toMatchObject([{ folder: '/other' }]);
  });

  test('is told by its line when it is no address, and not shown', () => {
    const { code, message, fix } = failure({ 'backup-to': `${keys}\ns3://me:hush-hush@copies\n` });
    expect([code, message]).toEqual([
      'SECRET_INVALID',
      expect.stringMatching(/backup-to has no address in line 2\.$/),
    ]);
    expect(`${message} ${fix}`).not.toContain('hush-hush');
  });

  test('an address without keys takes those of the same bucket', () => {
    const known = read({ 'backup-to': keys }).backup.to;
    const at = (address: string) => backupTarget(address, { known });
    expect(at('s3://copies/older?endpoint=https://elsewhere')).toMatchObject({
      name: 's3://copies/older at elsewhere',
      target: { accessKey: 'me', secretKey: 'a/b' },
    });
    expect(at('s3://other/site?endpoint=https://elsewhere')).toBeUndefined();
    // Its keys must not go to whoever is named.
    expect(at('s3://copies/site?endpoint=https://somebody')).toBeUndefined();
    expect(at('s3://copies/site?endpoint=http://elsewhere')).toBeUndefined();
  });
});

describe('what is wrong is named, and never shown', () => {
  const json = (value: unknown): string => JSON.stringify(value);
  const withDatabase = (text: string): Record<string, string> => ({ ...bundle, 'database.json': text });

  test.each<[string, () => Record<string, string>, string, string]>([
    ['no JSON', () => withDatabase('hush-hush{'), 'database.json', 'holds no JSON.'],
    ['an empty file', () => withDatabase(' '), 'database.json', 'is empty.'],
    ['a list', () => withDatabase('["hush-hush"]'), 'database.json', 'has no good "".'],
    [
      'a missing field',
      () => withDatabase(json({ ...database, user: undefined })),
      'database.json',
      'has no good "user".',
    ],
    [
      'a port that is text',
      () => withDatabase(json({ ...database, port: 'hush-hush' })),
      'database.json',
      'has no good "port".',
    ],
    [
      'a field too many',
      () => withDatabase(json({ ...database, pasword: 'hush-hush' })),
      'database.json',
      'has unknown fields: pasword.',
    ],
    [
      'no address',
      () => ({ 'storage.json': json({ ...storage, endpoint: 'hush-hush' }) }),
      'storage.json',
      'has no good "endpoint".',
    ],
    [
      'no password',
      () => ({ ...bundle, 'cache.json': json({ ...cache, password: undefined }) }),
      'cache.json',
      'has no good "password".',
    ],
    [
      'no certificate',
      () => ({ ...bundle, 'tls.crt': 'hush-hush' }),
      'tls.crt',
      'holds no certificate in PEM.',
    ],
    ['no key', () => ({ ...bundle, 'tls.key': 'hush-hush' }), 'tls.key', 'holds no private key in PEM.'],
    [
      'no authority',
      () => ({ 'tls.crt': bundle['tls.crt'], 'tls.key': bundle['tls.key'] }),
      'ca.crt',
      'is missing.',
    ],
    [
      'a certificate that ended',
      () => ended,
      'tls.crt',
      `ended on ${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}.`,
    ],
    ['one that is not valid yet', () => early, 'tls.crt', 'is not valid before 20'],
    [
      'one of another authority',
      () => ({ ...bundle, 'ca.crt': stranger['ca.crt'] }),
      'tls.crt',
      'does not come from the authority in',
    ],
    [
      'a byte order mark',
      () => withDatabase(`\uFEFF${json(database)}`),
      'database.json',
      'begins with a byte order mark.',
    ],
    [
      'a folder in place of a file',
      () => ({ ...bundle, 'database.json/x': '' }),
      'database.json',
      'cannot be read (EISDIR).',
    ],
  ])('%s', (_name, files, file, message) => {
    const problem = failure(files());
    expect(problem.message).toMatch(new RegExp(`/${file.replace('.', '\\.')} `));
    expect(problem.message).toContain(message);
    expect(problem.fix).toMatch(/\.$/);
    const shown = [problem.message, problem.fix, String(problem.cause), JSON.stringify(problem)].join();
    expect(shown).not.toContain('hush-hush');
  });

  test('a key that belongs to another certificate', async () => {
    const other = await authority.issue({ name: 'homepage-api', purpose: 'client' });
    const problem = failure({ ...bundle, 'tls.key': other['tls.key'] });
    expect(problem.message).toMatch(/tls\.key does not belong to .*tls\.crt\.$/);
  });

  test('a database without a certificate to sign in with', () => {
    expect(failure({ 'database.json': json(database) })).toMatchObject({
      code: 'SECRET_MISSING',
      field: 'tls.crt',
    });
  });

  test('a folder that is not there', () => {
    expect(() => readSettings({ SECRETS_DIR: '/nowhere/secrets' })).toThrow('/nowhere/secrets is not there.');
  });
});
