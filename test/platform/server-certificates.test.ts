/** PostgreSQL and Valkey take their own renewed certificates while visitors read and write; then the authority changes too. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchAs } from '@homepage/testkit';
import { startPlatform, type Platform, type WatchedServer } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  serialShown,
  writeWhole,
  type Authority,
  type Bundle,
} from '@homepage/testkit/services';

const isClosed = ({ cause }: Error): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET'].includes((cause as { code?: string } | undefined)?.code ?? '');

const SERVERS: WatchedServer[] = ['postgresql', 'valkey'];
type Watcher = Awaited<ReturnType<Platform['watch']>>;

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('certificates of servers', () => {
  let platform: Platform;
  let watchers: Record<WatchedServer, Watcher>;
  beforeAll(async () => {
    platform = await startPlatform();
    watchers = { postgresql: await platform.watch('postgresql'), valkey: await platform.watch('valkey') };
  });
  afterAll(() => platform?.stop());

  const serialIn = (bundle: Bundle): string => new X509Certificate(bundle['tls.crt']).serialNumber;
  const shownBy = (server: WatchedServer): Promise<string> =>
    serialShown(platform[server].port, { postgresql: server === 'postgresql' });
  /** of one who watches */
  async function count(server: WatchedServer, metric: string, part: string = server): Promise<number> {
    const text = await (await fetch(`${watchers[server].opsAddress}/metrics`)).text();
    return Number(new RegExp(`^homepage_${metric}_total\\{part="${part}"\\} (\\d+)`, 'm').exec(text)![1]);
  }
  const failures = async (server: WatchedServer): Promise<number> =>
    (await count(server, 'reload_failures')) + (await count(server, 'reload_failures', 'files'));
  const readiness = async (server: WatchedServer): Promise<string> =>
    (await fetch(`${watchers[server].opsAddress}/readyz`)).text();
  const refusals = (server: WatchedServer): number =>
    watchers[server].output().match(/were not taken over/g)?.length ?? 0;

  let written = 0;
  /** Visitors read and write, by nginx and at each replica, until they are told to end: no request may have failed. */
  function visit(): (least: number) => Promise<void> {
    let visiting = true;
    let asked = 0;
    const failed: unknown[] = [];
    const ask = async (address: string, options: RequestInit = {}): Promise<void> => {
      asked++;
      const send = async (): Promise<void> => {
        const answer = await platform.fetch(address, options);
        await answer.arrayBuffer();
        if (!answer.ok) failed.push([address, answer.status]);
      };
      const byNginx = address.startsWith(platform.address);
      await send()
        // nginx ends connections that are idle when it reloads. Browsers and Traefik ask again then, as RFC 9110 says.
        .catch((error: Error) => (byNginx && isClosed(error) ? send() : Promise.reject(error)))
        .catch((error: Error) => failed.push([address, String(error.cause ?? error)]));
    };
    const reader = async (_: unknown, number: number): Promise<void> => {
      while (visiting) {
        await ask(`${platform.address}/api/v1/posts?limit=${(asked % 50) + 1}`);
        await ask(`${platform.replicas[number % 2]!.address}/api/v1/search?q=word${asked}`);
        await ask(`${platform.address}/about`);
      }
    };
    // No faster than the form takes messages from all together.
    const writer = async (): Promise<void> => {
      while (visiting) {
        const number = written++;
        await ask(`${platform.replicas[number % 2]!.address}/api/v1/contact`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${number % 250}` },
          body: JSON.stringify({ name: 'Ada', message: `This is message number ${number} of a test.` }),
        });
        await wait(400);
      }
    };
    const all = Promise.all([...Array.from({ length: 4 }, reader), writer()]);
    return async (least) => {
      await expect.poll(() => asked).toBeGreaterThan(least);
      visiting = false;
      await all;
      expect(failed).toEqual([]);
    };
  }

  test('at its start each proves what its server shows', async () => {
    for (const server of SERVERS) {
      await expect.poll(() => count(server, 'reloads')).toBe(1);
      await expect.poll(() => readiness(server)).toBe('ready\n');
      expect(watchers[server].output()).toContain(await shownBy(server));
    }
  });

  test('a renewed one is shown a moment later; nobody who reads or writes notices', async () => {
    const ended = visit();
    for (let round = 1; round <= 3; round++) {
      for (const server of SERVERS) {
        const renewed = await platform.rotateServer(server);
        await expect.poll(() => shownBy(server)).toBe(serialIn(renewed));
      }
      // New connections believe the new ones: both sign in anew with a certificate of their own.
      await platform.rotate();
      await expect
        .poll(async () => {
          const texts = await Promise.all(
            platform.replicas.map(async ({ opsAddress }) => (await fetch(`${opsAddress}/metrics`)).text()),
          );
          return texts.map((text) =>
            ['database', 'cache'].map((part) =>
              Number(new RegExp(`^homepage_reloads_total\\{part="${part}"\\} (\\d+)`, 'm').exec(text)![1]),
            ),
          );
        })
        .toEqual([
          [round, round],
          [round, round],
        ]);
    }
    await ended(200);
    for (const server of SERVERS) {
      await expect.poll(() => count(server, 'reloads')).toBe(4);
      expect(await failures(server)).toBe(0);
    }
    expect(Number(platform.postgresql.sql('select count(*) from contact_messages'))).toBeGreaterThan(0);
  });

  type Wrong = (name: string) => Promise<Partial<Bundle>>;
  test.each<[string, Wrong, RegExp]>([
    [
      'a key that belongs to another certificate',
      async (name) => ({
        'tls.key': (await platform.authority.issue({ name, purpose: 'server' }))['tls.key'],
      }),
      /tls\.key does not belong to/,
    ],
    [
      'half a certificate',
      async () => ({ 'tls.crt': '-----BEGIN CERTIFICATE-----\nMIIB' }),
      /tls\.crt holds no certificate/,
    ],
    ['half a key', async () => ({ 'tls.key': '-----BEGIN PRIVATE KEY-----\nMIGH' }), /holds no private key/],
    [
      'one that has ended',
      (name) => platform.authority.issue({ name, purpose: 'server', days: -1 }),
      /tls\.crt ended on/,
    ],
    [
      'one that is not valid yet',
      (name) => platform.authority.issue({ name, purpose: 'server', fromDays: 1 }),
      /is not valid before/,
    ],
    [
      'one of an authority that nobody believes',
      async (name) => (await makeAuthority()).issue({ name, purpose: 'server' }),
      /does not come from the authority in .*reloader\/ca\.crt/,
    ],
    [
      'one that names another host',
      () => platform.authority.issue({ name: 'elsewhere', purpose: 'server', addresses: [] }),
      /does not name 127\.0\.0\.1/,
    ],
    [
      'one that is not for servers',
      (name) => platform.authority.issue({ name, purpose: 'client' }),
      /is not for servers/,
    ],
    [
      'an authority that does not know who signs in',
      async (name) => ({
        ...(await platform.authority.issue({ name, purpose: 'server' })),
        'ca.crt': (await makeAuthority('Another')).certificate,
      }),
      /does not come from the authority in/,
    ],
  ])(
    '%s: goes on with the one before, one line says so, and it mends itself',
    async (_name, wrong, reason) => {
      const meetIt = async (server: WatchedServer): Promise<void> => {
        const before = await shownBy(server);
        const lines = refusals(server);
        const failed = await failures(server);
        await platform.rotateServer(server, await wrong(`homepage-${server}`));
        // More than once: it goes on trying.
        await expect.poll(() => failures(server)).toBeGreaterThan(failed + 1);
        expect(watchers[server].output().slice(-600)).toMatch(reason);
        expect(refusals(server)).toBe(lines + 1);
        expect(await readiness(server)).toMatch(/^not ready: /);
        expect(await shownBy(server)).toBe(before);

        const renewed = await platform.rotateServer(server);
        await expect.poll(() => shownBy(server)).toBe(serialIn(renewed));
        await expect.poll(() => readiness(server)).toBe('ready\n');
      };
      await Promise.all(SERVERS.map(meetIt));
    },
  );

  test('Valkey’s list of users is loaded when it changes, and refused when it is wrong; certificates go on', async () => {
    const list = readFileSync(join(platform.valkey.secrets, 'users.acl'), 'utf8');
    const write = (text: string): void => writeWhole(platform.valkey.secrets, { 'users.acl': text });
    const { password } = platform.valkey.connection('api');
    const next = list.replace(`>${password}`, `>another-password >${password}`);
    const ended = visit();
    const loaded = await count('valkey', 'reloads', 'users');
    // The API's file first: what is refused for now changes nothing, and it tries again.
    await platform.rotate({
      'cache.json': JSON.stringify({ ...platform.valkey.connection('api'), password: 'another-password' }),
    });
    await wait(3_000);
    write(next);
    await expect.poll(() => count('valkey', 'reloads', 'users')).toBe(loaded + 1);
    await expect
      .poll(async () => {
        const texts = await Promise.all(
          platform.replicas.map(async ({ opsAddress }) => (await fetch(`${opsAddress}/metrics`)).text()),
        );
        return texts.map((text) => /^homepage_reloads_total\{part="cache"\} (\d+)/m.exec(text)![1]);
      })
      .toEqual(['4', '4']);

    const lines = refusals('valkey');
    write(next.replace('+get', '+geet'));
    const failed = await count('valkey', 'reload_failures', 'users');
    await expect.poll(() => count('valkey', 'reload_failures', 'users')).toBeGreaterThan(failed + 1);
    expect(watchers.valkey.output().slice(-600)).toMatch(/users\.acl:2: .*geet/);
    expect(refusals('valkey')).toBe(lines + 1);
    expect(await readiness('valkey')).toMatch(/^not ready: .*users\.acl/);
    const renewed = await platform.rotateServer('valkey');
    await expect.poll(() => shownBy('valkey')).toBe(serialIn(renewed));
    write(list);
    await expect.poll(() => readiness('valkey')).toBe('ready\n');
    // Valkey was never told of this one, and has the one that is put back.
    write(list.replace(/^user default .*\boff\b/m, 'user default on'));
    await expect.poll(() => readiness('valkey')).toMatch(/does not switch the default user off/);
    write(list);
    await expect.poll(() => readiness('valkey')).toBe('ready\n');
    await platform.rotate();
    await ended(50);
    expect(watchers.valkey.output()).not.toContain('another-password');
  });

  describe.each(SERVERS)('%s', (server) => {
    test('a server that is away is tried again', async () => {
      await platform[server].service.kill();
      const failed = await failures(server);
      const renewed = await platform.rotateServer(server);
      await expect.poll(() => failures(server)).toBeGreaterThan(failed);
      expect(await readiness(server)).toMatch(/does not answer/);
      await platform[server].service.start();
      await expect.poll(() => readiness(server)).toBe('ready\n');
      expect(await shownBy(server)).toBe(serialIn(renewed));
    });

    test('once: exit code 0 when the server shows what the files say, 1 when it does not', async () => {
      const args = [
        'certificates',
        'watch',
        server,
        '--once',
        '--json',
        '--folder',
        platform[server].secrets,
      ];
      const done = await platform.homepage(args, 'reloader');
      expect({ code: done.code, ...(JSON.parse(done.stdout) as object) }).toMatchObject({
        code: 0,
        server,
        serial: await shownBy(server),
      });
      await platform[server].service.kill();
      const refused = await platform.homepage(args, 'reloader');
      await platform[server].service.start();
      expect({ code: refused.code, ...(JSON.parse(refused.stdout) as object) }).toMatchObject({
        code: 1,
        error: { code: expect.stringMatching(/_AWAY$/) as unknown, fix: expect.any(String) as unknown },
      });
    });
  });

  test('what it signs in with is checked at the start, and named', async () => {
    const run = (folder: string, env: Record<string, string> = {}) =>
      platform.homepage(['certificates', 'watch', 'valkey', '--folder', folder, '--json'], 'reloader', env);
    const { secrets } = platform.valkey;
    expect(await run(secrets, { SECRETS_DIR: secrets })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the folder of the server itself') as unknown,
    });
    expect(await run(secrets, { SECRETS_DIR: platform.postgresql.secrets })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cache.json is missing.') as unknown,
    });
    const usersOnly = (server: WatchedServer) => {
      const args = ['certificates', 'watch', server, '--once', '--users-only', '--folder'];
      return platform.homepage([...args, platform[server].secrets], 'reloader');
    };
    expect(await usersOnly('valkey')).toMatchObject({
      code: 0,
      stdout: 'valkey has loaded its list of users.\n',
    });
    expect(await usersOnly('postgresql')).toMatchObject({ code: 2 });
    expect(await run('/nowhere', { SECRETS_DIR: '/nowhere/else' })).toMatchObject({ code: 1 });
  });

  describe('the authority changes', () => {
    let next: Authority;
    let both: string;
    /** Everybody gets new files, and shows or has used them before this returns. */
    async function rotateAll(): Promise<void> {
      await platform.rotateWatchers();
      for (const server of SERVERS) {
        const renewed = await platform.rotateServer(server);
        await expect.poll(() => shownBy(server)).toBe(serialIn(renewed));
        await expect.poll(() => readiness(server)).toBe('ready\n');
      }
      // nginx before the API: it must believe what the API will show.
      await platform.rotateFrontend();
      platform.nginx.service.reload();
      const files = await platform.rotate();
      const wanted = new X509Certificate(files['tls.crt']!).serialNumber;
      await expect
        .poll(() =>
          Promise.all(platform.replicas.map(({ address }) => serialShown(Number(new URL(address).port)))),
        )
        .toEqual([wanted, wanted]);
    }

    test.each([
      ['everybody believes both', () => [platform.authority, both]],
      ['certificates come from the new one', () => [next, both]],
      ['nobody believes the old one any more', () => [next, next.certificate]],
    ] as const)('%s: no request fails', async (_step, authorities) => {
      // The same name: whoever looks for an authority by its name alone finds the wrong one.
      next ??= await makeAuthority('Homepage root');
      both ??= platform.authority.certificate + next.certificate;
      const ended = visit();
      await wait(300);
      await platform.useAuthority(...(authorities() as [Authority, string]));
      await rotateAll();
      await wait(1000);
      await ended(50);
      await expect
        .poll(async () => (await platform.fetch(`${platform.address}/api/v1/platform`)).json())
        .toMatchObject({ cache: { ok: true }, database: { ok: true }, replicas: 2 });
    });

    test('afterwards a certificate of the old one opens nothing', async () => {
      const old = await platform.authority.issue({ name: 'homepage-api', purpose: 'client' });
      const { 'tls.crt': cert, 'tls.key': key } = old;
      const asOld = fetchAs({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': both });
      await expect(asOld(`${platform.replicas[0]!.address}/about`)).rejects.toThrow();
    });
  });

  test('SIGTERM ends it in order', async () => {
    for (const server of SERVERS) expect(await watchers[server].stop()).toBe(0);
  });
});
