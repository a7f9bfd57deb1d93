/**
 * Every secret is a value that can be recognised. The platform is led through whatever makes programs talk: wrong files
 * and variables, refused sign-ins, servers that are away, rotations, debug logs. None of the values may be seen anywhere.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, startSite, type CommandResult, type TestFolder } from '@homepage/testkit';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority } from '@homepage/testkit/services';

const DEBUG = { LOG_LEVEL: 'debug' };

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('no secret is ever seen', () => {
  let platform: Platform;
  let folder: TestFolder;
  const watchers: Awaited<ReturnType<Platform['watch']>>[] = [];
  /** what was printed, answered or logged, by where */
  const seen: [where: string, text: string][] = [];
  const secrets = new Set<string>();
  let planted = 0;
  /** @returns a value that must not be seen */
  function canary(): string {
    const value = `canary${String(planted++).padStart(3, '0')}x${Math.random().toString(36).slice(2)}`;
    secrets.add(value);
    return value;
  }
  /** Each line of a key: a part of it is as bad as the whole. */
  const guardKey = (pem: string): void =>
    pem.split('\n').forEach((line) => line.length > 20 && !line.startsWith('-----') && secrets.add(line));

  async function run(args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
    const result = await platform.homepage([...args, '--json'], 'api', { ...DEBUG, ...env });
    seen.push([`homepage ${args.join(' ')} ${Object.keys(env).join()}`, result.stdout + result.stderr]);
    return result;
  }
  async function ask(path: string, options: RequestInit = {}, address = platform.address): Promise<Response> {
    const answer = await platform.fetch(address + path, options);
    const headers = JSON.stringify([...answer.headers]);
    seen.push([`${options.method ?? 'GET'} ${path}`, headers + (await answer.clone().text())]);
    return answer;
  }
  const outputs = (): string => platform.replicas.map(({ output }) => output()).join('\n');
  async function failures(): Promise<number> {
    const texts = await Promise.all(
      platform.replicas.map(async ({ opsAddress }) => (await ask('/metrics', {}, opsAddress)).text()),
    );
    const counts = texts.join('\n').matchAll(/^homepage_reload_failures_total\{.*\} (\d+)/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  beforeAll(async () => {
    folder = makeFolder();
    const notices = {
      SMTP_URL: `smtp://user:${canary()}@127.0.0.1:1`,
      CONTACT_TO: 'owner@example.dev',
      CONTACT_WEBHOOK_URL: `http://user:${canary()}@127.0.0.1:1/${canary()}?token=${canary()}`,
    };
    platform = await startPlatform({ replicaEnv: () => ({ ...DEBUG, ...notices }) });
    for (const user of ['api', 'exporter', 'reloader'] as const)
      secrets.add(platform.valkey.connection(user).password);
    secrets.add(platform.minio.connection.secretKey);
    for (const path of [
      ...Object.values(platform.secrets),
      platform.postgresql.secrets,
      platform.valkey.secrets,
      join(platform.nginx.service.folder, 'secrets'),
    ])
      guardKey(readFileSync(join(path, 'tls.key'), 'utf8'));
    watchers.push(await platform.watch('postgresql'), await platform.watch('valkey'));
  });
  afterAll(async () => {
    await platform?.stop();
    folder?.remove();
  });

  test('a notice that cannot be sent', async () => {
    const message = { name: 'Ada', message: 'Hello from a test.' };
    const headers = { 'content-type': 'application/json' };
    const { address } = platform.replicas[0]!;
    expect(
      (await ask('/api/v1/contact', { method: 'POST', headers, body: JSON.stringify(message) }, address)).ok,
    ).toBe(true);
    for (const channel of ['mail', 'webhook'])
      await expect.poll(outputs).toMatch(new RegExp(`by ${channel} was not sent`));
    const errors = platform.postgresql.sql('select last_error from contact_notices');
    expect(errors).toContain('ECONNREFUSED');
    seen.push(['contact_notices', errors]);
  });

  const json = (value: object): string => JSON.stringify(value);
  test.each<[string, () => Promise<Record<string, string>>]>([
    [
      'files that hold anything',
      async () => ({ 'tls.crt': canary(), 'tls.key': canary(), 'ca.crt': canary() }),
    ],
    ['a key that is none', async () => ({ 'tls.key': canary() })],
    [
      'half a key',
      async () => ({ 'tls.key': readFileSync(join(platform.secrets.api, 'tls.key'), 'utf8').slice(0, 90) }),
    ],
    [
      'a key of another certificate',
      async () => ({
        'tls.key': (await platform.authority.issue({ name: 'x', purpose: 'client' }))['tls.key'],
      }),
    ],
    ['one of another authority', async () => (await makeAuthority()).issue({ name: 'x', purpose: 'both' })],
    [
      'one that has ended',
      () => platform.authority.issue({ name: 'homepage-api', purpose: 'both', days: -1 }),
    ],
    [
      'a name that may not sign in to the database',
      () => platform.authority.issue({ name: 'homepage-somebody', purpose: 'both' }),
    ],
    ['no JSON', async () => ({ 'database.json': `{"user":"${canary()}`, 'cache.json': canary() })],
    [
      'fields that are not known',
      async () => ({
        'database.json': json({ ...platform.postgresql.connection('homepage_app'), password: canary() }),
      }),
    ],
    [
      'values of another kind',
      async () => ({ 'cache.json': json({ ...platform.valkey.connection('api'), port: canary() }) }),
    ],
    [
      'a wrong password of the cache',
      async () => ({ 'cache.json': json({ ...platform.valkey.connection('api'), password: canary() }) }),
    ],
    [
      'a wrong key of the storage',
      async () => ({ 'storage.json': json({ ...platform.minio.connection, secretKey: canary() }) }),
    ],
    [
      'an endpoint that is no address',
      async () => ({ 'storage.json': json({ ...platform.minio.connection, endpoint: canary() }) }),
    ],
  ])('%s', async (_name, change) => {
    const before = await failures();
    const files = await platform.rotate(await change());
    if (files['tls.key']!.includes('PRIVATE KEY')) guardKey(files['tls.key']!);
    const [doctor] = await Promise.all([run(['doctor']), run(['messages', 'list'])]);
    expect(doctor.code).toBe(1);
    await expect.poll(failures).toBeGreaterThan(before);
    // And whoever starts with them.
    const own = { SECRETS_DIR: platform.secrets.api, ...DEBUG };
    const output = await startSite({ dataDir: folder.path, env: own }).then(
      async (site) => {
        await ask('/api/v1/search?q=word', {}, site.address).catch(() => {});
        site.process.kill('SIGKILL');
        return site.output();
      },
      (error: Error) => error.message,
    );
    seen.push(['a start', output]);
  });

  test.each<[string, (secret: string) => Record<string, string>]>([
    [
      'an address of a database that refuses',
      (secret) => ({
        // The API's certificate may not be this one.
        DATABASE_URL: `postgres://homepage_owner:${secret}@127.0.0.1:${platform.postgresql.port}/homepage`,
      }),
    ],
    [
      'a database that is away',
      (secret) => ({ DATABASE_URL: `postgres://me:${secret}@127.0.0.1:1/homepage` }),
    ],
    ['a database address that is none', (secret) => ({ DATABASE_URL: `postgres:/me:${secret}@/[` })],
    ['a percent sign', (secret) => ({ DATABASE_URL: `postgres://me:${secret}%zz@127.0.0.1:1/homepage` })],
    ['an owner', (secret) => ({ DATABASE_OWNER_URL: `postgres://me:${secret}@127.0.0.1:1/homepage` })],
    [
      'a cache that refuses',
      (secret) => ({ CACHE_URL: `valkeys://api:${secret}@127.0.0.1:${platform.valkey.port}` }),
    ],
    ['a percent sign in the cache', (secret) => ({ CACHE_URL: `valkeys://api:${secret}%zz@127.0.0.1:1` })],
    ['a cache address that is none', (secret) => ({ CACHE_URL: `valkeys://api:${secret}@127.0.0.1:port` })],
    [
      'a storage that refuses',
      (secret) => ({
        STORAGE_URL: `s3://homepage:${secret}@homepage?endpoint=${platform.minio.connection.endpoint}`,
      }),
    ],
    ['a storage without an endpoint', (secret) => ({ STORAGE_URL: `s3://homepage:${secret}@homepage` })],
    [
      'a percent sign in the storage',
      (secret) => ({ STORAGE_URL: `s3://homepage:${secret}%zz@homepage?endpoint=http://127.0.0.1:1` }),
    ],
    ['mail', (secret) => ({ SMTP_URL: `mailto:me:${secret}@mail` })],
    ['a webhook', (secret) => ({ CONTACT_WEBHOOK_URL: `ftp://me:${secret}@there` })],
    ['a port', (secret) => ({ PORT: secret, OPS_PORT: secret, LOG_LEVEL: secret, PUBLIC_URL: secret })],
  ])('variables: %s', async (_name, variables) => {
    await platform.rotate();
    const env = variables(canary());
    const all = await Promise.all([
      run(['doctor'], env),
      run(['migrate', '--dry-run'], env),
      run(['messages', 'list'], env),
    ]);
    expect(all.some(({ code }) => code !== 0)).toBe(true);
  });

  test.each<[string, (secret: string) => string]>([
    ['that is away', (secret) => `s3://me:${secret}@backups?endpoint=http://127.0.0.1:1`],
    [
      'that refuses',
      (secret) => `s3://homepage:${secret}@homepage?endpoint=${platform.minio.connection.endpoint}`,
    ],
    ['without an endpoint', (secret) => `s3://me:${secret}@backups`],
    ['with a percent sign', (secret) => `s3://me:${secret}%zz@backups?endpoint=http://127.0.0.1:1`],
    ['that is none', (secret) => `s4://me:${secret}@backups`],
  ])('a target of backups %s, in a variable and in a file', async (_name, address) => {
    const inVariable = { BACKUP_TO: address(canary()) };
    await platform.rotate({ 'backup-to': `${address(canary())}\n` });
    for (const env of [inVariable, {}]) {
      const all = await Promise.all([run(['backup', 'run'], env), run(['backup', 'status'], env)]);
      expect(all.map(({ code }) => code)).toEqual([1, 1]);
    }
    await platform.rotate({ 'backup-to': 'file:///nowhere\n' });
  });

  test('servers that are away, and requests that are refused', async () => {
    await platform.rotate();
    const { address, opsAddress } = platform.replicas[0]!;
    const all = async (): Promise<void> => {
      for (const path of ['/readyz', '/livez', '/metrics', '/other']) await ask(path, {}, opsAddress);
      for (const at of [platform.address, address])
        for (const [path, options] of [
          [`/api/v1/search?q=${Math.random()}`],
          ['/api/v1/platform'],
          ['/api/v1/posts?limit=none&what=1'],
          ['/api/v1/posts/none'],
          ['/api/v1/posts', { method: 'DELETE' }],
          ['/api/v1/contact', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }],
          ['/api/v1/contact', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
          ['/%zz'],
          ['/platform'],
          ['/posts/none'],
          [`/media/${'0'.repeat(64)}/x.png`],
          [`/search?q=${Math.random()}`],
        ] as [string, RequestInit?][])
          await ask(path, options, at);
      await run(['doctor']);
    };
    await all();
    for (const server of [platform.valkey, platform.minio, platform.postgresql]) {
      await server.service.kill();
      await all();
      await server.service.start();
    }
    // Connections that end while something is asked for.
    platform.postgresql.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'homepage_app'",
    );
    await all();
  });

  test('servers that take new certificates, right and wrong ones', async () => {
    for (const [index, server] of (['postgresql', 'valkey'] as const).entries()) {
      await platform.rotateServer(server, { 'tls.key': canary() });
      await expect.poll(watchers[index]!.output).toMatch(/tls\.key holds no private key/);
      const bundle = await platform.rotateServer(server);
      guardKey(bundle['tls.key']);
      await expect.poll(async () => (await fetch(`${watchers[index]!.opsAddress}/readyz`)).status).toBe(200);
      const once = ['certificates', 'watch', server, '--once', '--folder', platform[server].secrets];
      await run(once, { SECRETS_DIR: platform.secrets.reloader });
      // The API's certificate has no rights there, and its user neither.
      await run(once);
      // Without any check in front: the server itself reads a wrong key, and says so in its log.
      await platform.rotateServer(server, { 'tls.key': canary() });
      platform[server].service.reload();
      await wait(500);
      await platform.rotateServer(server);
    }
  });

  test('nothing of it is to be found', async () => {
    for (const { output } of platform.replicas) seen.push(['the API', output()]);
    for (const { output, opsAddress } of watchers)
      seen.push(['who watches', output()], ['/metrics', await (await fetch(`${opsAddress}/metrics`)).text()]);
    for (const part of ['nginx', 'postgresql', 'valkey', 'minio'] as const)
      seen.push([`the log of ${part}`, platform[part].service.log()]);
    const everything = seen.map(([, text]) => text).join('\n');
    // What was to happen did happen.
    for (const sign of [
      'WRONGPASS',
      'SignatureDoesNotMatch',
      'DATABASE_REFUSED',
      'SETTINGS_INVALID',
      'caused by: ',
      'does not belong to',
      'was not reloaded',
      'UNAVAILABLE',
      'BACKUP_TARGET_AWAY',
      'BACKUP_TARGET_REFUSED',
    ])
      expect(everything).toContain(sign);
    expect(secrets.size).toBeGreaterThan(60);
    const found = seen.flatMap(([where, text]) =>
      [...secrets, 'PRIVATE KEY'].flatMap((secret) => {
        const at = text.indexOf(secret);
        return at < 0 ? [] : [`${where}: ${text.slice(Math.max(0, at - 200), at + secret.length + 50)}`];
      }),
    );
    expect(found.slice(0, 10)).toEqual([]);
  });
});
