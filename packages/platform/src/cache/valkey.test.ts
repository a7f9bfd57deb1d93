import { connect as connectPlain } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  startValkey,
  type Authority,
  type Bundle,
  type ValkeyServer,
} from '@homepage/testkit/services';
import { openCache, type Cache, type CacheOptions, type CacheServer } from './cache.ts';
import { cacheSuite } from './cache-suite.ts';

describe.skipIf(missing('valkey'))('Valkey', () => {
  let authority: Authority;
  let valkey: ValkeyServer;
  let bundle: Bundle;
  beforeAll(async () => {
    authority = await makeAuthority();
    bundle = await authority.issue({ name: 'homepage-api', purpose: 'client' });
    valkey = await startValkey(authority);
  }, 60_000);
  afterAll(() => valkey?.remove());

  const tls = ({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = bundle) => ({ cert, key, ca });
  const server = (changes: Partial<CacheServer> = {}): CacheServer => ({
    ...valkey.connection('api'),
    tls: tls(),
    ...changes,
  });
  async function open(changes: Partial<CacheServer> = {}, options: CacheOptions = {}): Promise<Cache> {
    const cache = await openCache({ cache: server(changes) }, options);
    await expect.poll(async () => (await cache.status('test')).ok).toBe(true);
    return cache;
  }

  cacheSuite('Valkey', () => open());

  test('replicas share what is put, claimed and counted; and the key of their hashes', async () => {
    const [one, other] = [await open(), await open()];
    await one.put('shared', Buffer.from('x'), 60);
    expect((await other.get('shared'))?.toString()).toBe('x');
    expect([await one.claim('only-one', 60), await other.claim('only-one', 60)]).toEqual([true, false]);
    await one.count('limit', 60);
    expect((await other.count('limit', 60)).count).toBe(2);
    expect(one.secret().equals(other.secret())).toBe(true);
    expect(one.secret().equals((await openCache({})).secret())).toBe(false);
    let heard = 0;
    other.listen('news', () => heard++);
    await expect.poll(async () => (await one.status('news')).listeners).toBe(1);
    heard = 0;
    await one.announce('news');
    await expect.poll(() => heard).toBe(1);
    await Promise.all([one.close(), other.close()]);
  });

  describe('who may do what', () => {
    /** The answer to a command, or the error that it met. */
    async function tryAs(changes: Partial<CacheServer>, command: string[]): Promise<string> {
      const { host, port, user, password, tls: ours } = server(changes);
      const redis = new Redis({
        host,
        port,
        ...(user === undefined ? {} : { username: user }),
        ...(password === undefined ? {} : { password }),
        ...(ours && { tls: ours }),
        retryStrategy: null,
        enableReadyCheck: false,
        lazyConnect: true,
      });
      const errors: Error[] = [];
      redis.on('error', (error: Error) => errors.push(error));
      try {
        await redis.connect();
        return String(await redis.call(command[0]!, ...command.slice(1)));
      } catch (error) {
        return [String(error), ...errors.map(String)].join('\n');
      } finally {
        redis.disconnect();
      }
    }

    test('nobody without a certificate of ours', async () => {
      const other = await (await makeAuthority()).issue({ name: 'homepage-api', purpose: 'client' });
      const strange = { ...tls(other), ca: bundle['ca.crt'] };
      expect(await tryAs({ tls: strange }, ['PING'])).toMatch(/Error/);
      const without = { ca: bundle['ca.crt'] } as CacheServer['tls'];
      expect(await tryAs({ tls: without }, ['PING'])).toMatch(/Error/);
      expect(await tryAs({}, ['PING'])).toBe('PONG');
    });

    test('a server whose certificate is not from our authority is not spoken to', async () => {
      const ca = (await (await makeAuthority()).issue({ name: 'x', purpose: 'client' }))['ca.crt'];
      expect(await tryAs({ tls: { ...tls(), ca } }, ['PING'])).toMatch(/certificate/i);
    });

    test('nothing without TLS', async () => {
      const socket = connectPlain(valkey.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('PING\r\n');
      let answer = '';
      socket.on('data', (data: Buffer) => (answer += data.toString()));
      await new Promise((done) => socket.once('close', done));
      expect(answer).toBe('');
    });

    test('the default user is off, and a wrong password is one', async () => {
      expect(await tryAs({ user: undefined, password: undefined }, ['PING'])).toMatch(/NOAUTH/);
      expect(await tryAs({ password: 'wrong' }, ['PING'])).toMatch(/WRONGPASS|NOAUTH/);
    });

    test('the exporter measures and reads nothing', async () => {
      const exporter = valkey.connection('exporter');
      expect(await tryAs(exporter, ['INFO', 'server'])).toContain('valkey_version');
      for (const command of [
        ['GET', 'homepage:shared'],
        ['SET', 'homepage:x', '1'],
        ['KEYS', '*'],
        ['SCAN', '0'],
      ])
        expect(await tryAs(exporter, command)).toMatch(/NOPERM/);
    });

    test.each([
      [['PING']],
      [['INFO']],
      [['GET', 'homepage:shared']],
      [['SET', 'homepage:x', '1']],
      [['PUBLISH', 'homepage:content', '']],
      [['SUBSCRIBE', 'homepage:content']],
      [['KEYS', '*']],
      [['CONFIG', 'GET', '*']],
      [['CONFIG', 'REWRITE']],
      [['FLUSHALL']],
      [['SHUTDOWN']],
      [['ACL', 'SETUSER', 'reloader', 'allcommands']],
      [['REPLICAOF', '127.0.0.1', '1']],
      [['EVAL', 'return 1', '0']],
    ])('the reloader may not %j', async (command) => {
      expect(await tryAs(valkey.connection('reloader'), command)).toMatch(/NOPERM/);
    });

    // Valkey cannot limit CONFIG SET to some parameters (docs/decisions/0022); these it protects by itself.
    test.each([['dir'], ['dbfilename'], ['aclfile'], ['enable-protected-configs'], ['unixsocket']])(
      'not even who may set parameters sets %s',
      async (parameter) => {
        const answer = await tryAs(valkey.connection('reloader'), ['CONFIG', 'SET', parameter, '/tmp/x']);
        expect(answer).toMatch(/protected config|immutable config/);
      },
    );

    test.each([
      [['CONFIG', 'SET', 'maxmemory', '0']],
      [['FLUSHALL']],
      [['KEYS', '*']],
      [['SHUTDOWN']],
      [['ACL', 'LIST']],
      [['MONITOR']],
      [['EVAL', 'return 1', '0']],
      [['GET', 'somebody-elses']],
      [['SET', 'somebody-elses', '1']],
      [['PUBLISH', 'somebody-elses', '1']],
    ])('the API may not %j', async (command) => {
      expect(await tryAs({}, command)).toMatch(/NOPERM/);
    });
  });

  describe('when it does not answer', () => {
    const quick = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
      const answer = await Promise.race([work, wait(4000, 'late' as const)]);
      if (answer === 'late') throw new Error('this took longer than 4 s');
      return answer;
    };
    /** Everything a request may do with it. */
    const useAll = async (cache: Cache): Promise<unknown[]> => [
      await quick(cache.get('shared')),
      await quick(cache.put('shared', Buffer.from('y'), 60)),
      await quick(cache.claim('a-claim', 60)),
      (await quick(cache.count('away', 60))).count,
      (await quick(cache.count('away', 60))).count,
      await quick(cache.announce('news')),
      (await quick(cache.status('news'))).ok,
    ];
    const WITHOUT = [undefined, undefined, true, 1, 2, undefined, false];

    test('killed: everything goes on without it, and comes back by itself', async () => {
      const states: string[] = [];
      const cache = await open({}, { onState: (state) => states.push(state) });
      let heard = 0;
      cache.listen('news', () => heard++);
      await expect.poll(async () => (await cache.status('news')).listeners).toBe(1);
      await valkey.service.kill();
      await expect.poll(() => states).toEqual(['ready', 'away']);
      expect(await useAll(cache)).toEqual(WITHOUT);
      heard = 0;
      await valkey.service.start();
      await expect.poll(async () => (await cache.status('news')).listeners, { timeout: 10_000 }).toBe(1);
      // It may have missed something: it is told to look.
      expect(heard).toBeGreaterThan(0);
      await cache.put('shared', Buffer.from('z'), 60);
      expect((await cache.get('shared'))?.toString()).toBe('z');
      expect(states).toEqual(['ready', 'away', 'ready']);
      await cache.close();
    });

    test('hung: the first to ask waits a moment, the others do not', async () => {
      const cache = await open();
      valkey.service.freeze();
      expect(await useAll(cache)).toEqual(WITHOUT);
      const began = performance.now();
      for (let index = 0; index < 100; index++) await cache.get('shared');
      // A hundred short waits one after the other would be 25 s.
      expect(performance.now() - began).toBeLessThan(5000);
      valkey.service.thaw();
      await expect.poll(async () => (await cache.status('news')).ok, { timeout: 10_000 }).toBe(true);
      await cache.close();
    });

    test('away from the beginning: opening does not wait for it', async () => {
      const cache = await quick(openCache({ cache: server({ port: 1 }) }));
      expect(await useAll(cache)).toEqual(WITHOUT);
      await cache.close();
    });

    test('a wrong password is told, without the password', async () => {
      const errors: unknown[] = [];
      const cache = await openCache(
        { cache: server({ password: 'SECRET-wrong' }) },
        { onState: (_state, error) => errors.push(error), onError: (error) => errors.push(error) },
      );
      await expect.poll(async () => (await cache.get('shared'), String(errors))).toMatch(/WRONGPASS|NOAUTH/);
      expect(String(errors)).not.toContain('SECRET');
      expect(await useAll(cache)).toEqual(WITHOUT);
      await cache.close();
    });
  });

  describe('another server, password or certificate', () => {
    test('is taken while it is used; who listens misses nothing', async () => {
      const other = await startValkey(authority);
      const states: string[] = [];
      const cache = await open({}, { onState: (state) => states.push(state) });
      const atOther: CacheServer = { ...other.connection('api'), tls: tls() };
      const direct = await openCache({ cache: atOther });
      await expect.poll(async () => (await direct.status('x')).ok).toBe(true);
      await direct.put('where', Buffer.from('other'), 60);
      await cache.put('where', Buffer.from('first'), 60);
      let heard = 0;
      cache.listen('news', () => heard++);
      const secret = cache.secret();

      let asking = true;
      const answers = new Set<string>();
      const asker = (async () => {
        while (asking) answers.add(String(await cache.get('where')));
      })();
      const renewed = await authority.issue({ name: 'homepage-api', purpose: 'client' });
      await cache.renew({ ...atOther, tls: tls(renewed) });
      expect((await cache.get('where'))?.toString()).toBe('other');
      asking = false;
      await asker;
      expect([...answers].filter((answer) => answer !== 'first' && answer !== 'other')).toEqual([]);
      // Those of the first server that still hear its news are gone after a moment.
      heard = 0;
      await direct.announce('news');
      await expect.poll(() => heard).toBe(1);
      expect(cache.secret().equals(secret)).toBe(false);
      await wait(1500);
      expect((await cache.status('news')).listeners).toBe(1);
      expect(states).toEqual(['ready']);
      await Promise.all([cache.close(), direct.close()]);
      await other.remove();
    });

    test('that does not let us in changes nothing', async () => {
      const cache = await open();
      await cache.put('kept', Buffer.from('x'), 60);
      const stranger = await (await makeAuthority()).issue({ name: 'homepage-api', purpose: 'client' });
      // Often: what a connection says after it was given up has ended the process before.
      for (let round = 0; round < 10; round++)
        for (const wrong of [{ password: 'wrong' }, { port: 1 }, { tls: tls(stranger) }])
          await expect(cache.renew(server(wrong))).rejects.toThrow();
      expect((await cache.get('kept'))?.toString()).toBe('x');
      await cache.close();
    });
  });

  test('full: what is used least goes, and nothing fails', async () => {
    const small = await startValkey(authority, { maxmemory: '8mb' });
    const errors: unknown[] = [];
    const cache = await openCache(
      { cache: { ...small.connection('api'), tls: tls() } },
      { onError: (error) => errors.push(error) },
    );
    await expect.poll(async () => (await cache.status('x')).ok).toBe(true);
    for (let index = 0; index < 100; index++) await cache.put(`page:${index}`, Buffer.alloc(300_000, 1), 60);
    expect(errors).toEqual([]);
    await cache.put('page:last', Buffer.from('here'), 60);
    expect((await cache.get('page:last'))?.toString()).toBe('here');
    const kept = await Promise.all(Array.from({ length: 100 }, (_page, n) => cache.get(`page:${n}`)));
    expect(kept.filter(Boolean).length).toBeLessThan(40);
    await cache.close();
    await small.remove();
  });
});
