/** Secret files that change while visitors read: taken over, or refused, without a failed request. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority, type Bundle } from '@homepage/testkit/services';

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('secret files', () => {
  let platform: Platform;
  let inside: Bundle;
  beforeAll(async () => {
    platform = await startPlatform();
    inside = await platform.authority.issue({ name: 'homepage-frontend', purpose: 'client' });
  });
  afterAll(() => platform?.stop());

  const metrics = (): Promise<string[]> =>
    Promise.all(
      platform.replicas.map(async ({ opsAddress }) => (await platform.fetch(`${opsAddress}/metrics`)).text()),
    );
  /** of each replica */
  async function counts(metric: string, part: string): Promise<number[]> {
    const line = new RegExp(`^${metric}\\{part="${part}"\\} (\\d+)`, 'm');
    return (await metrics()).map((text) => Number(line.exec(text)![1]));
  }
  /** The serial numbers of the certificates that the API's sessions were opened with, as the server saw them. */
  const serials = (): string[] =>
    platform.postgresql
      .sql(
        `select distinct client_serial from pg_stat_ssl join pg_stat_activity using (pid)
         where usename = 'homepage_app'`,
      )
      .split('\n');
  /** of the certificate that a replica shows to who connects now */
  async function shownBy(address: string): Promise<string> {
    const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = inside;
    const socket = connectTls({ host: '127.0.0.1', port: Number(new URL(address).port), cert, key, ca });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerX509Certificate()!;
    socket.destroy();
    return BigInt(`0x${serialNumber}`).toString();
  }
  const shown = (): Promise<string[]> =>
    Promise.all(platform.replicas.map(({ address }) => shownBy(address)));
  const serialIn = (pem: string): string => BigInt(`0x${new X509Certificate(pem).serialNumber}`).toString();

  test('a new certificate is what every replica shows and signs in with a moment later; no request fails', async () => {
    let reading = true;
    let asked = 0;
    const failed: unknown[] = [];
    const read = async (): Promise<void> => {
      while (reading) {
        // The search goes to the database each time, the others past nginx's cache.
        for (const path of [`/api/v1/search?q=word${asked % 50}`, '/api/v1/posts', '/about']) {
          asked++;
          const address = path.includes('search') ? platform.replicas[asked % 2]!.address : platform.address;
          await platform.fetch(address + path).then(
            async (answer) => (await answer.arrayBuffer(), answer.ok || failed.push([path, answer.status])),
            (error: unknown) => failed.push([path, String(error)]),
          );
        }
      }
    };
    const readers = Promise.all(Array.from({ length: 6 }, read));
    for (let round = 1; round <= 3; round++) {
      const files = await platform.rotate();
      await platform.rotateFrontend();
      const serial = serialIn(files['tls.crt']!);
      await expect.poll(serials, { timeout: 15_000 }).toEqual([serial]);
      await expect.poll(shown, { timeout: 15_000 }).toEqual([serial, serial]);
      const notAfter = new X509Certificate(files['tls.crt']!).validToDate.toISOString();
      for (const { address } of platform.replicas)
        await expect
          .poll(async () => (await platform.fetch(`${address}/api/v1/platform`)).json())
          .toMatchObject({ certificate: { notAfter } });
      await expect
        .poll(() => counts('homepage_reloads_total', 'cache'), { timeout: 10_000 })
        .toEqual([round, round]);
    }
    await expect.poll(() => asked).toBeGreaterThan(200);
    reading = false;
    await readers;
    expect(failed).toEqual([]);
    expect(await counts('homepage_reload_failures_total', 'files')).toEqual([0, 0]);
    await expect
      .poll(async () => (await platform.fetch(`${platform.address}/api/v1/platform`)).json(), {
        timeout: 5_000,
      })
      .toMatchObject({ cache: { ok: true }, database: { ok: true }, replicas: 2 });
  });

  test('half of a pair, as whoever writes one file after the other has it for a moment, is nothing to nginx', async () => {
    const { 'tls.crt': whole } = await platform.authority.issue({ name: 'x', purpose: 'client' });
    writeFileSync(join(platform.nginx.secrets, 'tls.crt'), whole.slice(0, 100));
    writeFileSync(join(platform.nginx.secrets, 'tls.key'), '');
    // A new process has no open connections to go on with.
    await platform.nginx.service.stop();
    await platform.nginx.service.start();
    for (let asked = 0; asked < 20; asked++) {
      const answer = await platform.fetch(`${platform.address}/search?q=half${asked}`);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
    await platform.rotateFrontend();
  });

  const oneLine = (): number[] =>
    platform.replicas.map(({ output }) => output().match(/were not taken over/g)?.length ?? 0);

  test.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    [
      'a key that belongs to another certificate',
      async () => ({
        'tls.key': (await platform.authority.issue({ name: 'x', purpose: 'client' }))['tls.key'],
      }),
      /tls\.key does not belong to/,
    ],
    [
      'half a certificate',
      async () => ({ 'tls.crt': '-----BEGIN CERTIFICATE-----\nMIIB' }),
      /no certificate in PEM/,
    ],
    [
      'one that has ended',
      async () => platform.authority.issue({ name: 'homepage-api', purpose: 'both', days: -1 }),
      /tls\.crt ended on/,
    ],
    [
      'one that is not valid yet',
      async () => platform.authority.issue({ name: 'homepage-api', purpose: 'both', fromDays: 1 }),
      /is not valid before/,
    ],
    [
      'one of a strange authority',
      async () => (await makeAuthority()).issue({ name: 'homepage-api', purpose: 'both' }),
      /./,
    ],
    ['an empty file', async () => ({ 'cache.json': '' }), /cache\.json is empty/],
    ['a wrong password', async () => ({ 'cache.json': wrongPassword() }), /WRONGPASS/],
  ])('%s: the one before goes on, one line says so, and it mends itself', async (name, change, reason) => {
    const before = serials();
    const lines = oneLine();
    const failures = async (): Promise<number[]> => {
      const parts = await Promise.all(
        ['files', 'database', 'cache', 'storage'].map((part) =>
          counts('homepage_reload_failures_total', part),
        ),
      );
      return [0, 1].map((replica) => parts.reduce((sum, part) => sum + part[replica]!, 0));
    };
    const failed = await failures();
    await platform.rotate(await change());
    await expect
      .poll(async () => (await failures()).every((count, index) => count > failed[index]!), {
        timeout: 15_000,
      })
      .toBe(true);
    for (const { address, output } of platform.replicas) {
      expect((await platform.fetch(`${address}/api/v1/search?q=${Math.random()}`)).status).toBe(200);
      expect(output()).toMatch(reason);
    }
    // Where only one part is wrong, the others may have gone on already.
    if (!name.includes('password')) expect(serials()).toEqual(before);
    if (!name.includes('password')) expect(new Set(await shown())).toEqual(new Set(before));
    expect(
      oneLine()
        .map((count, index) => count - lines[index]!)
        .every((count) => count <= 3),
    ).toBe(true);

    const files = await platform.rotate();
    await expect.poll(serials, { timeout: 15_000 }).toEqual([serialIn(files['tls.crt']!)]);
  });

  const wrongPassword = (): string =>
    JSON.stringify({ ...platform.valkey.connection('api'), password: 'canary-0123456789' });

  test('nothing of them is in logs, measurements or answers', async () => {
    const { password } = platform.valkey.connection('api');
    const { secretKey } = platform.minio.connection;
    const shown = [
      ...platform.replicas.map(({ output }) => output()),
      ...(await metrics()),
      await (await platform.fetch(`${platform.address}/api/v1/platform`)).text(),
      await (await platform.fetch(`${platform.address}/platform`)).text(),
    ].join('\n');
    for (const secret of [password, secretKey, 'canary-0123456789', 'BEGIN PRIVATE KEY', 'MIIB'])
      expect(shown).not.toContain(secret);
  });
});
