import { describe, expect, test } from 'vitest';
import { ContactLimit, networkOf } from './limit.ts';

describe('the limit', () => {
  test('counts each address by itself, and all together', () => {
    const limit = new ContactLimit({ most: 2, seconds: 60 }, { most: 3, seconds: 60 });
    expect([limit.take('192.0.2.1'), limit.take('192.0.2.1')]).toEqual([undefined, undefined]);
    expect(limit.take('192.0.2.1')).toBeGreaterThan(58);
    expect(limit.take('192.0.2.2')).toBeUndefined();
    expect(limit.take('192.0.2.3')).toBeGreaterThan(58);
  });

  test('a refused message does not make the wait longer', () => {
    const limit = new ContactLimit({ most: 1, seconds: 0 }, { most: 100, seconds: 60 });
    for (let index = 0; index < 10; index++) expect(limit.take('192.0.2.1')).toBeUndefined();
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
