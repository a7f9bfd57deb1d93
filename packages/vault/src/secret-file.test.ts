import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeOwnFolder } from '@homepage/testkit/services';
import { requireWritable, requireWritableFile, writeSecret } from './secret-file.ts';

const folder = makeOwnFolder('secret-files');
afterAll(() => folder.remove());
const unwritable = expect.objectContaining({ code: 'VAULT_FILE_UNWRITABLE' }) as Error;

test('a place where nothing can be written is told as that', () => {
  expect(() => requireWritable('/proc/foo/bar')).toThrow(unwritable);
  expect(() => requireWritableFile(join(folder.path, 'none/x'), '--x')).toThrow(unwritable);
  expect(() => requireWritableFile(folder.path, '--x')).toThrow(unwritable);
});

test('a secret is in its file, for this user alone', () => {
  const file = join(folder.path, 'token');
  writeSecret(file, 'first');
  writeSecret(file, 'second');
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['second', 0o600]);
});

test('one that could not be put in its place is left nowhere', () => {
  const place = join(folder.path, 'place');
  mkdirSync(join(place, 'taken'), { recursive: true });
  expect(() => writeSecret(join(place, 'taken'), 'a secret')).toThrow(unwritable);
  expect(readdirSync(place)).toEqual(['taken']);
});
