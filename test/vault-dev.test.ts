/** `npm run vault:dev`: the commands that it prints work, with the names of production. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeFolder, runHomepage } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { freePort } from '@homepage/testkit/services';

const root = resolve(import.meta.dirname, '..');
const KEY = Buffer.alloc(32, 1).toString('base64');

describe.skipIf(missing('vault'))('npm run vault:dev', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  async function start(...args: string[]): Promise<{ output(): string; code: Promise<number | null> }> {
    let output = '';
    const started = spawn(process.execPath, ['scripts/vault-dev.ts', ...args], { cwd: root });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    const code = once(started, 'exit').then(([value]) => value as number | null);
    await Promise.race([expect.poll(() => output, { timeout: 60_000 }).toContain('Ctrl-C'), code]);
    return { output: () => output, code };
  }

  test('is open, has the secrets of .env, and is gone with Ctrl-C', async () => {
    const folder = makeFolder({ '.env': `SESSION_KEY=${KEY}\nPORT=80\n` });
    const { output, code } = await start(
      '--port',
      String(await freePort()),
      '--env-file',
      join(folder.path, '.env'),
    );
    const value = (name: string): string =>
      new RegExp(`^export ${name}=(?:\\$\\(cat )?([^)\\n]*)`, 'm').exec(output())![1]!;
    const tokenFile = value('VAULT_TOKEN');
    const token = readFileSync(tokenFile, 'utf8');
    expect(output()).not.toContain(token);
    expect(output()).not.toContain(KEY);
    expect(output()).toContain('api/github waits for you (clientId, clientSecret)');
    const env = {
      VAULT_ADDR: value('VAULT_ADDR'),
      VAULT_CACERT: value('VAULT_CACERT'),
      VAULT_TOKEN: token,
    };
    const listed = await runHomepage(['secrets', 'list', '--environment', 'dev', '--json'], folder.path, env);
    const { secrets } = JSON.parse(listed.stdout) as { secrets: { path: string; version: number }[] };
    expect(secrets.find(({ path }) => path === 'api/session-key')).toMatchObject({ version: 2 });
    const set = await runHomepage(
      ['secrets', 'set', 'api/github', 'clientId', '--environment', 'dev'],
      folder.path,
      env,
      { input: 'id' },
    );
    expect(set).toMatchObject({ code: 0 });
    child!.kill('SIGINT');
    expect(await code).toBe(0);
    expect(existsSync(tokenFile)).toBe(false);
    folder.remove();
  });

  test('stops when the file is wrong, and leaves nothing running', async () => {
    const folder = makeFolder({ '.env': 'SESSION_KEY=CANARY\n' });
    const { output, code } = await start(
      '--port',
      String(await freePort()),
      '--env-file',
      join(folder.path, '.env'),
    );
    expect(await code).toBe(1);
    expect(output()).toContain('SESSION_KEY');
    expect(output()).not.toContain('CANARY');
    folder.remove();
  });
});
