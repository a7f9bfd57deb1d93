import { describe, expect, test } from 'vitest';
import { openCache } from '@homepage/platform';
import { ContactLimit, networkOf } from './limit.ts';

describe('the limit', () => {
  test('counts each address by itself, and all together', async () => {
    const limit = new ContactLimit(await openCache({}), { most: 2, seconds: 60 }, { most: 3, seconds: 60 });
    expect([await limit.take('192.0.2.1'), await limit.take('192.0.2.1')]).toEqual([undefined, undefined]);
    expect(await limit.take('192.0.2.1')).toBeGreaterThan(58);
    expect(await limit.take('192.0.2.2')).toBeUndefined();
    expect(await limit.take('192.0.2.3')).toBeGreaterThan(58);
  });

  test('a refused message does not make the wait longer', async () => {
    const limit = new ContactLimit(await openCache({}), { most: 1, seconds: 1 }, { most: 100, seconds: 60 });
    expect(await limit.take('192.0.2.1')).toBeUndefined();
    for (let tries = 0; tries < 5; tries++) expect(await limit.take('192.0.2.1')).toBe(1);
    await expect.poll(() => limit.take('192.0.2.1'), { timeout: 2000, interval: 100 }).toBeUndefined();
  });

  test('no address is in what is counted', async () => {
    const cache = await openCache({});
    const keys: string[] = [];
    const limit = new ContactLimit({
      ...cache,
      count: (key, seconds) => (keys.push(key), cache.count(key, seconds)),
    });
    await limit.take('192.0.2.1');
    expect(keys).toHaveLength(2);
    expect(keys.join()).not.toContain('192.0.2');
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
