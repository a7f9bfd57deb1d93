/** The whole platform shape: what holds between the parts. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchAs, makeFolder, type TestFolder } from '@homepage/testkit';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority } from '@homepage/testkit/services';

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('the platform', () => {
  let platform: Platform;
  let content: TestFolder;
  beforeAll(async () => {
    platform = await startPlatform();
    content = makeFolder();
  });
  afterAll(async () => {
    await platform?.stop();
    content?.remove();
  });

  const text = async (url: string): Promise<string> => (await platform.fetch(url)).text();

  /** Each time over a new connection: nginx closes idle ones when it reads its configuration again. */
  async function statusOf(url: string): Promise<number> {
    const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    await answer.resume().toArray();
    return answer.statusCode!;
  }

  const replicas = (): string[] => platform.replicas.map(({ address }) => address);

  async function publish(): Promise<void> {
    const { code, stderr } = await platform.homepage(['import', content.path]);
    expect([code, stderr]).toEqual([0, expect.anything()]);
  }

  /** Waits until something holds at every address. */
  async function untilAll(addresses: string[], holds: (address: string) => Promise<boolean>): Promise<void> {
    await Promise.all(
      addresses.map((address) =>
        expect.poll(() => holds(address), { timeout: 20_000, interval: 20 }).toBe(true),
      ),
    );
  }

  test('says what it is made of', async () => {
    const status = JSON.parse(await text(`${platform.address}/api/v1/platform`)) as Record<string, unknown>;
    expect(status).toMatchObject({
      shape: 'platform',
      replicas: 2,
      database: { kind: 'postgresql', ok: true },
      cache: { kind: 'valkey', version: expect.stringMatching(/^\d+\.\d+/), ok: true },
      storage: { kind: 's3', ok: true },
      certificate: { notAfter: expect.stringMatching(/^20/) },
    });
    for (const { opsAddress } of platform.replicas)
      expect(await text(`${opsAddress}/readyz`)).toBe('ready\n');
  });

  test('nobody reaches a replica without a certificate of ours', async () => {
    const stranger = await (await makeAuthority()).issue({ name: 'homepage-frontend', purpose: 'client' });
    const ca = { 'ca.crt': platform.authority.certificate };
    for (const address of replicas()) {
      expect(address).toMatch(/^https:/);
      await expect(fetchAs(ca)(address)).rejects.toThrow();
      await expect(fetchAs({ ...stranger, ...ca })(address)).rejects.toThrow();
      await expect(fetch(address.replace('https:', 'http:'))).rejects.toThrow();
      expect((await platform.fetch(address)).status).toBe(200);
    }
    // Nor with one of a service that has nothing to ask it.
    for (const name of ['homepage-exporter', 'homepage-postgresql', 'homepage-migrate']) {
      const other = fetchAs(await platform.authority.issue({ name, purpose: 'client' }));
      for (const address of replicas()) await expect(other(address)).rejects.toThrow();
    }
    for (const { opsAddress } of platform.replicas)
      expect(await text(`${opsAddress}/metrics`)).toMatch(/^homepage_tls_clients_refused_total [3-9]$/m);
    // nginx in its turn speaks to nobody else.
    const impostor = await (await makeAuthority()).issue({ name: 'homepage-api', purpose: 'server' });
    const server = createServer(
      { cert: impostor['tls.crt'], key: impostor['tls.key'] },
      (_request, response) => response.end('impostor'),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    platform.nginx.useUpstreams([`https://127.0.0.1:${(server.address() as { port: number }).port}`]);
    await expect.poll(() => statusOf(`${platform.address}/api/v1/site`)).toBe(503);
    platform.nginx.useUpstreams(replicas());
    await expect.poll(() => statusOf(`${platform.address}/api/v1/site`)).toBe(200);
    server.close().closeAllConnections();
  });

  test('what is published is seen by every replica, in every form, and through nginx', async () => {
    const everywhere = [...replicas(), platform.address];
    // Read before: an old copy of each must not stay.
    for (const address of everywhere)
      for (const path of ['/posts', '/atom.xml', '/sitemap.xml']) await text(address + path);
    content.write({
      'posts/fresh/index.md':
        '---\ntitle: Fresh\ndate: 2026-02-03\ntags: [zeitgeist]\n---\nAn aardvark.\n\n![A dot](dot.svg)\n',
      'posts/fresh/dot.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>',
    });
    await publish();
    const forms = [
      ['/posts', 'Fresh'],
      ['/posts/fresh', 'An aardvark'],
      ['/atom.xml', '<title>Fresh</title>'],
      ['/sitemap.xml', '/posts/fresh</loc>'],
      ['/search?q=aardvark', 'href="/posts/fresh"'],
      ['/tags/zeitgeist', 'Fresh'],
    ] as const;
    for (const [path, words] of forms) {
      await untilAll(everywhere, async (address) => (await text(address + path)).includes(words));
    }
    const [picture] = /\/media\/[0-9a-f]{64}\/dot\.svg/.exec(await text(`${platform.address}/posts/fresh`))!;
    for (const address of everywhere) {
      const answer = await platform.fetch(address + picture);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    }
  });

  test('what is removed is gone everywhere', async () => {
    const everywhere = [...replicas(), platform.address];
    content.write({ 'posts/stays.md': '---\ntitle: Stays\ndate: 2026-02-04\n---\nText.\n' });
    await publish();
    content.removeFile('posts/fresh');
    const { code } = await platform.homepage(['import', content.path, '--prune', '--yes']);
    expect(code).toBe(0);
    await untilAll(
      everywhere,
      async (address) => (await platform.fetch(`${address}/posts/fresh`)).status === 410,
    );
    await untilAll(everywhere, async (address) => !(await text(`${address}/posts`)).includes('Fresh'));
  });

  test('a message that one replica took is there for all, once', async () => {
    const body = new URLSearchParams({
      name: 'A',
      email: '',
      message: 'Hello from the platform',
      website: '',
    });
    const answer = await platform.fetch(`${platform.address}/contact`, {
      method: 'POST',
      body,
      headers: { origin: platform.address },
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    const { stdout } = await platform.homepage(['messages', 'list', '--json']);
    expect(stdout.match(/Hello from the platform/g)).toHaveLength(1);
  });

  test('a page is made once for all replicas', async () => {
    const made = async (): Promise<number> => {
      const texts = await Promise.all(
        platform.replicas.map(({ opsAddress }) => text(`${opsAddress}/metrics`)),
      );
      const counts = texts.map(
        (metrics) => /^homepage_documents_total\{origin="made"\} (\d+)/m.exec(metrics)![1],
      );
      return counts.reduce((sum, count) => sum + Number(count), 0);
    };
    const before = await made();
    for (const address of replicas()) expect((await platform.fetch(`${address}/archive`)).status).toBe(200);
    expect(await made()).toBe(before + 1);
  });

  test('messages are counted over all replicas', async () => {
    const send = async (address: string, number: number): Promise<number> => {
      const answer = await platform.fetch(`${address}/api/v1/contact`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'A', email: '', message: `Message ${number}`, website: '' }),
      });
      return answer.status;
    };
    const statuses: number[] = [];
    for (let number = 0; number < 8; number++)
      statuses.push(await send(replicas()[number % replicas().length]!, number));
    // One was sent by the test before.
    expect(statuses.filter((status) => status === 201)).toHaveLength(4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  test('without Valkey every page is answered, and it comes back by itself', async () => {
    await platform.valkey.service.kill();
    for (const address of [...replicas(), platform.address]) {
      for (const path of ['/', '/posts', '/search?q=the', '/api/v1/tags', '/projects'])
        expect([path, (await platform.fetch(address + path)).status]).toEqual([path, 200]);
      const status = JSON.parse(await text(`${address}/api/v1/platform`)) as { cache: { ok: boolean } };
      expect(status.cache.ok).toBe(false);
    }
    content.write({ 'posts/meanwhile.md': '---\ntitle: Meanwhile\ndate: 2026-02-05\n---\nText.\n' });
    await publish();
    await untilAll(replicas(), async (address) => (await text(`${address}/posts`)).includes('Meanwhile'));
    for (const { opsAddress } of platform.replicas)
      expect(await text(`${opsAddress}/readyz`)).toBe('ready\n');
    await platform.valkey.service.start();
    await untilAll(replicas(), async (address) => {
      const status = JSON.parse(await text(`${address}/api/v1/platform`)) as { cache: { ok: boolean } };
      return status.cache.ok;
    });
  });

  test('a replica is replaced while visitors read: no request fails', async () => {
    const [first] = platform.replicas;
    let asked = 0;
    const failed: unknown[] = [];
    let reading = true;
    const read = async (): Promise<void> => {
      while (reading) {
        // The API's own addresses go past nginx's cache.
        for (const path of ['/api/v1/posts', '/about', '/api/v1/site']) {
          asked++;
          await statusOf(platform.address + path).then(
            (status) => status === 200 || failed.push([path, status]),
            (error: unknown) => failed.push([path, String(error)]),
          );
        }
      }
    };
    const readers = Promise.all([read(), read(), read(), read()]);
    await new Promise((done) => setTimeout(done, 300));
    const ended = once(first!.process, 'exit');
    first!.process.kill('SIGTERM');
    await expect.poll(async () => (await platform.fetch(`${first!.opsAddress}/readyz`)).status).toBe(503);
    // What a Service does once the probe failed.
    platform.nginx.useUpstreams(replicas().slice(1));
    const [code] = (await ended) as [number];
    await expect.poll(() => asked).toBeGreaterThan(100);
    reading = false;
    await readers;
    expect(code).toBe(0);
    expect(failed).toEqual([]);
  });

  test('without its database it goes on showing what was read, stays ready, and mends itself', async () => {
    const [, second] = platform.replicas;
    const { address, opsAddress } = second!;
    await text(`${address}/about`);
    await platform.postgresql.service.stop();
    expect((await platform.fetch(`${address}/about`)).status).toBe(200);
    const never = await platform.fetch(`${address}/posts/never-read-before`);
    expect([never.status, never.headers.get('cache-control')]).toEqual([503, 'no-store']);
    const api = await platform.fetch(`${address}/api/v1/posts/never-read-before`);
    expect(api.status).toBe(503);
    expect(api.headers.get('retry-after')).not.toBeNull();
    expect((await platform.fetch(`${opsAddress}/readyz`)).status).toBe(200);
    expect((await platform.fetch(`${opsAddress}/livez`)).status).toBe(200);
    await platform.postgresql.service.start();
    await expect
      .poll(async () => (await platform.fetch(`${address}/api/v1/posts/never-read-before`)).status, {
        timeout: 20_000,
      })
      .toBe(404);
  });
});
