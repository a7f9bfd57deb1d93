/** The platform shape under more than it can do: the drills of overload, in seconds, and what they stand on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';
import { Connection, type Reply } from '../drills/overload/connection.ts';
import { floodOfErrors } from '../drills/overload/flood-of-errors.ts';
import { hotKey } from '../drills/overload/hot-key.ts';
import { oneAddress } from '../drills/overload/one-address.ts';
import { addressOf, asBytes, KEPT, neverKept, page } from '../drills/overload/questions.ts';
import { MANY_ADDRESSES, metric, portOf, readBefore, type Act } from '../drills/overload/scene.ts';
import { slowVisitors } from '../drills/overload/slow-visitors.ts';
import { stampede } from '../drills/overload/stampede.ts';

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('more than can be done', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform(MANY_ADDRESSES);
    await readBefore(platform);
  });
  afterAll(() => platform?.stop());

  /** All at once, each over a connection of its own and from another address. */
  async function askAtOnce(count: number): Promise<Reply[]> {
    const connections = Array.from({ length: count }, () => new Connection(portOf(platform.address)));
    const replies = await Promise.all(
      connections.map((connection, n) => connection.ask(asBytes(neverKept(n), addressOf(n)))),
    );
    connections.forEach((connection) => connection.close());
    return replies;
  }

  test('five hundred questions at once: as many as can be made are answered, each of the others is told to come again, and what is kept is answered meanwhile', async () => {
    const reader = new Connection(portOf(platform.address));
    let asking = true;
    const asked = askAtOnce(500).finally(() => (asking = false));
    const read: number[] = [];
    while (asking) {
      const { status } = await reader.ask(asBytes(page(read.length), '198.51.100.1'));
      read.push(status);
    }
    reader.close();
    const replies = await asked;
    expect(read.length).toBeGreaterThan(KEPT.length);
    expect(new Set(read)).toEqual(new Set([200]));
    const refused = replies.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(replies.length - refused.length).toBeGreaterThan(0);
    expect(replies.filter(({ status }) => ![200, 404, 503].includes(status))).toEqual([]);
    expect(refused.filter(({ retryAfter }) => !retryAfter)).toEqual([]);
    expect(new Set(refused.map(({ type }) => type))).toEqual(
      new Set(['application/problem+json', 'text/html']),
    );
    // Past nginx, which may have refused all of them itself.
    await Promise.all(
      Array.from({ length: 200 }, async (_, n) =>
        (await platform.fetch(`${platform.replicas[0]!.address}/search?q=past-nginx-${n}`)).arrayBuffer(),
      ),
    );
    expect(await metric(platform, 'homepage_documents_refused_total')).toBeGreaterThan(0);
    await expect
      .poll(async () => new Set((await askAtOnce(5)).map(({ status }) => status)))
      .toEqual(new Set([200, 404]));
    expect(await metric(platform, 'homepage_documents_in_flight{state="making"}')).toBe(0);
  });

  const drills: [string, Act][] = [
    ['one address that asks for as much as it can is refused, and the others are served', oneAddress],
    ['hundreds that send or read a letter at a time hold nobody up', slowVisitors],
    [
      'everything becomes outdated while a thousand read: each page is made once for all, nobody fails',
      stampede,
    ],
    ['the cache loses what everybody reads, then has no memory left: nobody fails', hotKey],
    ['thousands of mistakes and failures: no more series, a few lines', floodOfErrors],
  ];
  test.each(drills)('%s', async (_name, act) => {
    const { broken, failed, lost } = await act({ platform, length: 'short', say: () => {} });
    expect({ broken, failed, lost }).toEqual({ broken: [], failed: 0, lost: 0 });
  });
});
