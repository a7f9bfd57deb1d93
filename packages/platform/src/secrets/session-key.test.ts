import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { Problem } from '../problem.ts';
import { readSettings } from '../settings.ts';
import { ownSessionKeys, readSessionKeys } from './session-key.ts';

let folder: TestFolder;
beforeEach(() => void (folder = makeFolder()));
afterEach(() => folder.remove());
const file = (): string => join(folder.path, 'session-key');
const key = (bytes = 32): string => randomBytes(bytes).toString('base64');

describe('the file', () => {
  const [one, two] = [key(), key(48)];
  test.each([
    ['one key', one, undefined],
    ['one key and the end of its line', `${one}\n`, undefined],
    ['the current one and the one before', `${one}\n${two}\n`, two],
    ['lines as Windows ends them', `${one}\r\n${two}\r\n`, two],
  ])('holds %s', (_name, content, previous) => {
    folder.write({ 'session-key': content });
    const read = readSessionKeys(file())!;
    expect(read.current.toString('base64')).toBe(one);
    expect(read.previous?.toString('base64')).toBe(previous);
  });

  test('may be missing', () => {
    expect(readSessionKeys(file())).toBeUndefined();
  });

  const same = key();
  test.each([
    ['nothing', '', 'is empty.'],
    ['spaces', ' \n', 'is empty.'],
    ['a byte order mark', `\uFEFF${key()}`, 'begins with a byte order mark.'],
    ['a short key', key(31), 'holds a key of less than 32 bytes.'],
    ['a short one before', `${key()}\n${key(16)}`, 'holds a key of less than 32 bytes.'],
    ['an empty line before the key', `\n${key()}`, 'holds a key of less than 32 bytes.'],
    ['a word', 'hush-hush', 'holds what is not base64.'],
    ['base64 for addresses', `${'_-'.repeat(22)}`, 'holds what is not base64.'],
    ['a space behind the first key', `${key()} \n${key()}`, 'holds what is not base64.'],
    ['three keys', [key(), key(), key()].join('\n'), 'holds 3 keys, and at most two count.'],
    ['the same key twice', `${same}\n${same}\n`, 'holds the same key twice.'],
  ])('with %s is refused by name, and never shown', (_name, content, message) => {
    folder.write({ 'session-key': content });
    const problem = failure(() => readSessionKeys(file()));
    expect(problem).toMatchObject({ code: 'SECRET_INVALID', field: file(), message: `${file()} ${message}` });
    for (const secret of content.split(/\s+/).filter((part) => part.length > 5))
      expect(JSON.stringify(problem) + problem.message + problem.fix).not.toContain(secret);
  });

  test('in place of which there is a folder is named', () => {
    folder.write({ 'session-key/x': '' });
    expect(failure(() => readSessionKeys(file()))).toMatchObject({ code: 'SECRET_UNREADABLE' });
  });
});

describe('settings', () => {
  test('take the variable, then the folder of secrets, then the data folder', () => {
    const [variable, secret, own] = [key(), key(), key()];
    folder.write({ 'secrets/session-key': secret, 'data/session-key': own });
    const at = (name: string): string => join(folder.path, name);
    const env = { SESSION_KEY: `${variable}, ${own}`, SECRETS_DIR: at('secrets'), DATA_DIR: at('data') };
    const keys = (changes: Record<string, string>): unknown => {
      const { sessionKeys } = readSettings({ ...env, ...changes });
      return sessionKeys && [sessionKeys.current, sessionKeys.previous].map((one) => one?.toString('base64'));
    };
    expect(keys({})).toEqual([variable, own]);
    expect(keys({ SESSION_KEY: '' })).toEqual([secret, undefined]);
    expect(keys({ SESSION_KEY: '', SECRETS_DIR: '' })).toEqual([own, undefined]);
    // Each replica with a key of its own would refuse what the others signed.
    const shared = { SESSION_KEY: '', SECRETS_DIR: '', DATABASE_URL: 'postgres://a@b/c' };
    expect(keys(shared)).toBeUndefined();
    expect(readSettings({ ...env, ...shared }).secretFiles).toEqual([]);
  });

  test('watch the file that counts', () => {
    folder.write({ 'secrets/x': '' });
    const secrets = join(folder.path, 'secrets');
    expect(readSettings({ SECRETS_DIR: secrets }).secretFiles).toContain(join(secrets, 'session-key'));
    expect(readSettings({ DATA_DIR: folder.path }).secretFiles).toEqual([file()]);
  });
});

describe('a key of the data folder’s own', () => {
  test('is made once, for this user alone, and nothing else is left', () => {
    const made = ownSessionKeys(folder.path);
    expect(made.current.length).toBe(32);
    expect(made.previous).toBeUndefined();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(ownSessionKeys(folder.path)).toEqual(made);
    expect(readdirSync(folder.path)).toEqual(['session-key']);
  });

  test('is the same for all processes that make it at once', async () => {
    const module = pathToFileURL(join(import.meta.dirname, 'session-key.ts')).href;
    const script = `
      const { ownSessionKeys } = await import(${JSON.stringify(module)});
      process.stdin.once('data', () => {
        console.log(ownSessionKeys(${JSON.stringify(folder.path)}).current.toString('hex'));
        process.exit();
      });
      console.log('ready');`;
    const processes = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
      let output = '';
      child.stdout.on('data', (data: Buffer) => (output += data.toString()));
      return { child, output: () => output.trim() };
    });
    await expect.poll(() => processes.map(({ output }) => output())).toEqual(Array(8).fill('ready'));
    for (const { child } of processes) child.stdin.write('go\n');
    await Promise.all(processes.map(({ child }) => once(child, 'close')));
    const expected = Buffer.from(readFileSync(file(), 'utf8'), 'base64').toString('hex');
    expect(new Set(processes.map(({ output }) => output()))).toEqual(new Set([`ready\n${expected}`]));
    expect(readdirSync(folder.path)).toEqual(['session-key']);
  });
});

function failure(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('this is valid');
}
