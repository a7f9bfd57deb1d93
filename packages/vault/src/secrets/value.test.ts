/** What a person may give as a value: what is wrong is said, the value never is. */
import { describe, expect, test } from 'vitest';
import type { Problem } from '@homepage/platform';
import { secrets } from '../desired/secrets.ts';
import { randomValue } from '../kv.ts';
import { merged } from './change.ts';
import { compareValues } from './compare.ts';
import { requireKey, secretNamed } from './find.ts';
import { targetsIn } from './import-env.ts';
import { missingIn, unknownKeysIn } from './parity.ts';
import { requireValue, valueIn } from './value.ts';

const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    return error as Problem;
  }
  return expect.fail('it should have failed');
};

const github = secretNamed('api/github');
const sessionKey = secretNamed('api/session-key');
const valkey = secretNamed('valkey/user-api');
const KEY = Buffer.alloc(32, 7).toString('base64');

describe('a value', () => {
  test.each([
    ['', /is empty/],
    ['CANARY\nmore', /has more than one line/],
    ['CANARY\r', /has more than one line/],
    ['\uFEFFCANARY', /begins with a byte order mark/],
    [' CANARY', /begins or ends with a blank/],
    ['CANARY\u0000', /has control characters/],
  ])('%j is refused anywhere', (value, message) => {
    for (const [secret, key] of [
      [github, 'clientSecret'],
      [valkey, 'password'],
      [sessionKey, 'previous'],
    ] as const) {
      const problem = problemOf(() => requireValue(secret, key, value));
      expect(problem).toMatchObject({ code: 'VAULT_VALUE_INVALID', message: expect.stringMatching(message) });
      expect(problem.message).toContain(`${secret.path} ${key}`);
      expect(problem.message + problem.fix).not.toContain('CANARY');
    }
  });

  test.each([
    [valkey, 'password', 'two words of it', /blanks/],
    [valkey, 'password', 'pässword-of-a-kind', /beyond ASCII/],
    [valkey, 'password', 'short', /shorter than 8/],
    [sessionKey, 'current', 'c2hvcnQ=', /32 bytes or more in base64/],
    [sessionKey, 'previous', 'not base64!', /32 bytes or more in base64/],
  ])('of $path for %s is checked for who reads it', (secret, key, value, message) => {
    expect(problemOf(() => requireValue(secret, key, value)).message).toMatch(message);
  });

  test.each([
    [github, 'clientSecret', 'a "quoted" sécret'],
    [valkey, 'password', 'long#enough'],
    [sessionKey, 'current', KEY],
    [sessionKey, 'previous', KEY],
  ])('of $path for %s that is right is taken', (secret, key, value) => {
    expect(() => requireValue(secret, key, value)).not.toThrow();
  });

  test('that is made is always taken', () => {
    for (const secret of secrets)
      for (const [key, source] of Object.entries(secret.keys))
        if (source !== 'given' && source !== 'optional')
          expect(() => requireValue(secret, key, randomValue(source))).not.toThrow();
  });

  test('loses one line end and nothing else on its way in', () => {
    const read = (text: string): string => valueIn(Buffer.from(text), 'standard input');
    expect([read('a'), read('a\n'), read('a\r\n'), read('a\n\n'), read('\uFEFFa')]).toEqual([
      'a',
      'a',
      'a',
      'a\n',
      '\uFEFFa',
    ]);
    expect(problemOf(() => valueIn(Buffer.from([0xff, 0xfe, 0x61, 0]), 'a.txt')).message).toBe(
      'A.txt is no text in UTF-8.',
    );
    expect(problemOf(() => valueIn(Buffer.alloc(65_537, 'a'), 'standard input')).message).toMatch(
      /longer than/,
    );
  });
});

describe('a name', () => {
  test.each([
    ['api/githb', /Did you mean "api\/github"\?/],
    ['api/github/clientSecret', /one slash too many: the key "clientSecret"/],
    ['/api/github', /no name of a secret/],
    ['github', /no name of a secret/],
    ['../prod/api/github', /no name of a secret/],
    ['api/github=CANARY', /values never come in a command line/],
  ])('%s is none', (name, message) => {
    const problem = problemOf(() => secretNamed(name));
    expect(problem).toMatchObject({ code: 'VAULT_SECRET_UNKNOWN', message: expect.stringMatching(message) });
    expect(problem.message).not.toContain('CANARY');
  });

  test('of a key is one of the table, not of every object', () => {
    expect(problemOf(() => requireKey(github, 'clientSecre')).message).toMatch(/Did you mean "clientSecret"/);
    expect(problemOf(() => requireKey(github, 'toString')).code).toBe('VAULT_KEY_UNKNOWN');
    expect(problemOf(() => requireKey(github, 'clientSecret=CANARY')).message).not.toContain('CANARY');
  });
});

test('a new session key keeps the one before; the same one again keeps nothing', () => {
  expect(merged(sessionKey, { current: 'a' }, { current: 'b' })).toEqual({ current: 'b', previous: 'a' });
  expect(merged(sessionKey, { current: 'b', previous: 'a' }, { current: 'b' })).toEqual({
    current: 'b',
    previous: 'a',
  });
  expect(merged(sessionKey, {}, { current: 'b' })).toEqual({ current: 'b' });
  expect(merged(sessionKey, { current: 'a' }, { current: 'b', previous: 'c' })).toEqual({
    current: 'b',
    previous: 'c',
  });
});

test('two environments are compared key by key', () => {
  expect(
    compareValues('a/b', { one: '1', same: '2', other: '3' }, { two: '1', same: '2', other: '4' }),
  ).toEqual([
    { path: 'a/b', key: 'one', difference: 'only in the first' },
    { path: 'a/b', key: 'other', difference: 'other value' },
    { path: 'a/b', key: 'same', difference: 'same value' },
    { path: 'a/b', key: 'two', difference: 'only in the second' },
  ]);
});

test('what is missing is what a service needs; an optional key may be', () => {
  const there = new Map<string, string[] | undefined>(
    secrets.map(({ path, keys }) => [path, Object.keys(keys)]),
  );
  expect(missingIn('dev', there)).toEqual([]);
  there.set('api/session-key', ['current', 'old']);
  there.set('minio/root', undefined);
  expect(missingIn('dev', there)).toEqual([
    { environment: 'dev', path: 'minio/root', keys: ['user', 'password'], readers: ['minio', 'minio-setup'] },
  ]);
  expect(unknownKeysIn('dev', there)).toEqual([
    { environment: 'dev', path: 'api/session-key', keys: ['old'] },
  ]);
});

describe('a file .env', () => {
  test('is taken apart into secrets', () => {
    const { targets, ignored } = targetsIn(
      {
        SESSION_KEY: `${KEY}, ${KEY}`,
        GITHUB_CLIENT_ID: 'id',
        GITHUB_CLIENT_SECRET: 'secret',
        CACHE_URL: 'valkeys://api:long%23enough@host:6379',
        STORAGE_URL: 's3://access:secret-of-it@bucket?endpoint=https://host:9000',
        DATABASE_URL: 'postgres://host/homepage',
        PORT: '80',
      },
      '.env',
    );
    expect(targets).toEqual([
      { path: 'api/session-key', values: { current: KEY, previous: KEY } },
      { path: 'api/github', values: { clientId: 'id', clientSecret: 'secret' } },
      { path: 'valkey/user-api', values: { password: 'long#enough' } },
      { path: 'minio/site', values: { accessKey: 'access', secretKey: 'secret-of-it' } },
    ]);
    expect(ignored).toEqual(['DATABASE_URL', 'PORT']);
  });

  test('that is wrong is told as a whole, without a value', () => {
    const problem = problemOf(() =>
      targetsIn(
        {
          SESSION_KEY: 'CANARY',
          CACHE_URL: 'valkeys://somebody:CANARY-long@host:6379',
          STORAGE_URL: 'CANARY',
        },
        '.env',
      ),
    );
    expect(problem.code).toBe('VAULT_ENV_INVALID');
    for (const name of ['SESSION_KEY', 'CACHE_URL', 'STORAGE_URL']) expect(problem.message).toContain(name);
    expect(problem.message).not.toContain('CANARY');
    // "%" that begins no character.
    const stray = problemOf(() => targetsIn({ CACHE_URL: 'valkeys://api:CANARY%zz@h:1' }, '.env'));
    expect(stray).toMatchObject({ code: 'VAULT_ENV_INVALID', message: expect.stringContaining('CACHE_URL') });
    expect(stray.message).not.toContain('CANARY');
    expect(problemOf(() => targetsIn({ PORT: '1', SESSION_KEY: '' }, '.env')).code).toBe('VAULT_ENV_EMPTY');
  });
});
