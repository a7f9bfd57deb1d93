import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  startValkeySentinels,
  type Authority,
  type Bundle,
  type ValkeySentinels,
} from '@homepage/testkit/services';
import { openCache, type Cache, type CacheOptions, type CacheSentinels } from './cache.ts';
import { cacheSuite } from './cache-suite.ts';
import { explainCacheError } from './explain.ts';

describe.skipIf(missing('valkey'))('Valkey with Sentinels', () => {
  const WITHIN = { timeout: 30_000, interval: 50 };
  let authority: Authority;
  let bundle: Bundle;
  let valkeys: ValkeySentinels;
  beforeAll(async () => {
    authority = await makeAuthority();
    bundle = await authority.issue({ name: 'homepage-api', purpose: 'client' });
    valkeys = await startValkeySentinels(authority);
  }, 60_000);
  afterAll(() => valkeys?.remove());

  const tlsOf = ({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca }: Bundle) => ({ cert, key, ca });
  const target = (changes: Partial<CacheSentinels> = {}): CacheSentinels => ({
    ...valkeys.connection,
    tls: tlsOf(bundle),
    ...changes,
  });
  async function open(changes: Partial<CacheSentinels> = {}, options: CacheOptions = {}): Promise<Cache> {
    const cache = await openCache({ cache: target(changes) }, options);
    await expect.poll(async () => (await cache.status('test')).ok, WITHIN).toBe(true);
    return cache;
  }
  cacheSuite('as one', () => open());

  test('the master is killed: another one is it, nobody has to do anything, who listens hears again', async () => {
    const states: string[] = [];
    const cache = await open({}, { onState: (state) => states.push(state) });
    let heard = 0;
    cache.listen('news', () => heard++);
    await expect.poll(async () => (await cache.status('news')).listeners).toBe(1);
    await cache.put('before', Buffer.from('copied'), 600);
    await valkeys.settled();
    const [before] = await valkeys.masters();
    await before!.service.kill();
    await expect.poll(async () => (await cache.status('news')).listeners, WITHIN).toBe(1);
    const [after] = await valkeys.masters();
    expect(after).not.toBe(before);
    // The new master had a copy.
    expect((await cache.get('before'))?.toString()).toBe('copied');
    await cache.put('after', Buffer.from('written'), 600);
    expect((await cache.get('after'))?.toString()).toBe('written');
    heard = 0;
    await cache.announce('news');
    await expect.poll(() => heard).toBe(1);
    expect(states).toEqual(['ready', 'away', 'ready']);
    // The old one comes back as a master of its own, and is made a copy.
    await before!.service.start();
    await valkeys.settled();
    expect(await valkeys.masters()).toEqual([after]);
    expect((await cache.get('after'))?.toString()).toBe('written');
    await cache.close();
  }, 120_000);

  test('the master hangs: who asks and who listens both go to the new one', async () => {
    const cache = await open();
    cache.listen('news', () => {});
    await expect.poll(async () => (await cache.status('news')).listeners).toBe(1);
    await valkeys.settled();
    const [before] = await valkeys.masters();
    before!.service.freeze();
    await expect
      .poll(async () => (await cache.get('x'), (await cache.status('news')).listeners), WITHIN)
      .toBe(1);
    before!.service.thaw();
    await valkeys.settled();
    expect(await valkeys.masters()).not.toContain(before);
    await expect.poll(async () => (await cache.status('news')).listeners, WITHIN).toBe(1);
    await cache.close();
  }, 120_000);

  test('two of three Sentinels may be dead or hang: the last one says where the master is', async () => {
    const [dead, hung] = valkeys.sentinels;
    await dead!.kill();
    hung!.freeze();
    const cache = await open();
    await cache.put('asked', Buffer.from('one'), 60);
    expect((await cache.get('asked'))?.toString()).toBe('one');
    await cache.close();
    hung!.thaw();
    await dead!.start();
  }, 60_000);

  test('another certificate and another set of Sentinels are taken while it is used', async () => {
    const cache = await open();
    const next = await authority.issue({ name: 'homepage-api', purpose: 'client' });
    const { sentinels } = valkeys.connection;
    await cache.renew(target({ tls: tlsOf(next), sentinels: sentinels.slice(1) }));
    expect(await cache.status('x')).toMatchObject({ ok: true });
    await expect(cache.renew(target({ password: 'SECRET-wrong' }))).rejects.toThrow();
    expect(await cache.status('x')).toMatchObject({ ok: true });
    await cache.close();
  });

  describe('what is wrong is told, without the password', () => {
    const strangers = async () =>
      tlsOf(await (await makeAuthority()).issue({ name: 'x', purpose: 'client' }));
    test.each<[string, () => Promise<Partial<CacheSentinels>>, string, RegExp]>([
      [
        'a master nobody knows',
        async () => ({ master: 'other' }),
        'CACHE_AWAY',
        /No Sentinel knows a master "other"/,
      ],
      [
        'a wrong password',
        async () => ({ password: 'SECRET-wrong' }),
        'CACHE_REFUSED',
        /refused the user or password/,
      ],
      [
        'nobody there',
        async () => ({ sentinels: [{ host: '127.0.0.1', port: 1 }] }),
        'CACHE_AWAY',
        /ECONNREFUSED/,
      ],
      ['another authority', async () => ({ tls: await strangers() }), 'CACHE_UNTRUSTED', /not to be trusted/],
    ])('%s', async (_name, changes, code, message) => {
      const told: Error[] = [];
      const cache = await openCache(
        { cache: target(await changes()) },
        { onState: (_state, error) => error && told.push(error) },
      );
      await expect.poll(() => told.length, WITHIN).toBeGreaterThan(0);
      const problem = explainCacheError(told[0]);
      expect([problem.code, problem.message]).toEqual([code, expect.stringMatching(message)]);
      expect(String(told[0])).not.toContain('SECRET');
      expect(await cache.get('x')).toBeUndefined();
      await cache.close();
    });
  });
});
