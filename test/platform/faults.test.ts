/** The platform shape while something goes wrong: what visitors see meanwhile, and that it mends itself. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';

/** A second replica whose clock is a minute ahead. */
const AHEAD = `const Real = Date; globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + 60000); }
  static now() { return Real.now() + 60000; } };`;

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('when something goes wrong', () => {
  let platform: Platform;
  let content: TestFolder;
  let replicas: string[];
  beforeAll(async () => {
    const clock = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(AHEAD)}` };
    platform = await startPlatform({ replicaEnv: (number) => (number === 2 ? clock : {}) });
    replicas = platform.replicas.map(({ address }) => address);
    content = makeFolder();
  });
  afterAll(async () => {
    await platform?.stop();
    content?.remove();
  });

  const text = async (url: string): Promise<string> => (await platform.fetch(url)).text();
  const status = async (url: string): Promise<number> => (await platform.fetch(url)).status;

  async function publish(files: Record<string, string>): Promise<void> {
    content.write(files);
    const { code, stderr } = await platform.homepage(['import', content.path]);
    expect([code, stderr]).toEqual([0, expect.anything()]);
  }

  const send = (address: string, message: string): Promise<Response> =>
    platform.fetch(`${address}/api/v1/contact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'A', email: '', message, website: '' }),
    });

  test('clocks a minute apart: nobody shows a post before its time, and all agree', async () => {
    const at = new Date(Date.now() + 12_000);
    const date = at.toISOString();
    await publish({ 'posts/later.md': `---\ntitle: Later\ndate: ${date}\n---\nText.\n` });
    const seen = async (): Promise<boolean[]> =>
      Promise.all(replicas.map(async (address) => (await status(`${address}/posts/later`)) === 200));
    let before = 0;
    for (;;) {
      const shown = await seen();
      // Late answers may be later than they were asked for.
      if (Date.now() > at.getTime() - 100) break;
      expect(shown).toEqual([false, false]);
      before++;
      await wait(200);
    }
    expect(before).toBeGreaterThan(3);
    await expect.poll(seen, { timeout: 10_000 }).toEqual([true, true]);
    const [own, ahead] = await Promise.all(replicas.map((address) => platform.fetch(`${address}/posts`)));
    expect(ahead!.headers.get('etag')).toBe(own!.headers.get('etag'));
  });

  test('a database that takes no changes: everything is read, and what is sent is refused by name', async () => {
    platform.postgresql.sql('alter database homepage set default_transaction_read_only = on');
    platform.postgresql.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'homepage_app'",
    );
    for (const address of replicas) {
      for (const path of ['/', '/posts', '/archive?x', '/search?q=the', '/api/v1/projects'])
        await expect.poll(() => status(address + path)).toBe(200);
      const answer = await send(address, 'Not now');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    }
    for (const { opsAddress } of platform.replicas) expect(await status(`${opsAddress}/readyz`)).toBe(200);
    content.write({ 'posts/refused.md': '---\ntitle: Refused\ndate: 2026-02-02\n---\nText.\n' });
    const { code, stdout: report } = await platform.homepage(['import', content.path]);
    expect([code, report]).toEqual([1, expect.stringContaining('takes no changes')]);
    platform.postgresql.sql(
      'set default_transaction_read_only = off; alter database homepage reset default_transaction_read_only',
    );
    platform.postgresql.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'homepage_app'",
    );
    await expect.poll(async () => (await send(replicas[0]!, 'Now it works')).status).toBe(201);
    const { stdout } = await platform.homepage(['messages', 'list', '--json']);
    expect(stdout.match(/Not now/g)).toBeNull();
    expect(stdout.match(/Now it works/g)).toHaveLength(1);
  });

  test('a database that hangs: what was read goes on, the rest is told within seconds, and it mends itself', async () => {
    const [address = ''] = replicas;
    await text(`${address}/projects`);
    platform.postgresql.service.freeze();
    try {
      const began = performance.now();
      expect(await status(`${address}/projects`)).toBe(200);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_number, index) => status(`${address}/posts/unread-${index}`)),
      );
      expect(new Set(answers)).toEqual(new Set([503]));
      // nginx gives up after 20 s and would send a page that says less.
      expect(performance.now() - began).toBeLessThan(15_000);
      expect(await status(`${platform.replicas[0]!.opsAddress}/readyz`)).toBe(200);
    } finally {
      platform.postgresql.service.thaw();
    }
    await expect.poll(() => status(`${address}/posts/unread-0`), { timeout: 20_000 }).toBe(404);
  });

  test('a bucket that is away: pages go on, pictures say so, and come back', async () => {
    await publish({
      'posts/pictured/index.md': '---\ntitle: Pictured\ndate: 2026-02-03\n---\n![A dot](dot.svg)\n',
      'posts/pictured/dot.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>',
    });
    await expect.poll(() => status(`${platform.address}/posts/pictured`), { timeout: 10_000 }).toBe(200);
    const [picture] = /\/media\/[0-9a-f]{64}\/dot\.svg/.exec(
      await text(`${platform.address}/posts/pictured`),
    )!;
    await platform.minio.service.kill();
    const answer = await platform.fetch(platform.address + picture);
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('cache-control')]).toEqual([
      503,
      '5',
      'no-store',
    ]);
    expect(await answer.text()).not.toContain('STORAGE_URL');
    expect(await status(`${platform.address}/posts/pictured`)).toBe(200);
    await expect
      .poll(async () => JSON.parse(await text(`${replicas[0]}/api/v1/platform`)) as unknown)
      .toMatchObject({ storage: { ok: false } });
    content.write({
      'posts/second/index.md': '---\ntitle: Second\ndate: 2026-02-04\n---\n![Two](two.svg)\n',
      'posts/second/two.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
    });
    const { code, stdout } = await platform.homepage(['import', content.path]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('storage does not answer')]);
    // Nothing is shown whose picture is not there.
    expect(await status(`${replicas[0]}/posts/second`)).toBe(404);
    await platform.minio.service.start();
    await expect.poll(() => status(platform.address + picture), { timeout: 20_000 }).toBe(200);
  });

  /** Connections that were opened, each by `open`; closed at the end whatever happens. */
  async function withConnections<Result>(
    count: number,
    onOpen: (socket: Socket) => unknown,
    work: (sockets: Socket[]) => Promise<Result>,
  ): Promise<Result> {
    const port = Number(new URL(platform.address).port);
    const sockets: Socket[] = [];
    try {
      // In portions: the queue of connections that nobody accepted yet is finite, and so is what one address may ask at once.
      while (sockets.length < count) {
        const portion = Array.from({ length: Math.min(100, count - sockets.length) }, () => {
          const socket = connect(port, '127.0.0.1');
          socket.on('error', () => {});
          return socket;
        });
        sockets.push(...portion);
        await Promise.all(portion.map((socket) => once(socket, 'connect')));
        await Promise.all(portion.map(onOpen));
      }
      return await work(sockets);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  }

  test('visitors who send their request a letter at a time, or nothing, are let go, and hold nobody up', async () => {
    let opened = 0;
    await withConnections(
      1_000,
      // Every other one says nothing at all.
      (socket) => opened++ % 2 === 0 || socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      async (sockets) => {
        const dribble = setInterval(() => {
          for (const socket of sockets) if (socket.writable && socket.bytesWritten > 0) socket.write('a');
        }, 1_000);
        try {
          for (let asked = 0; asked < 20; asked++) expect(await status(`${platform.address}/`)).toBe(200);
          await expect
            .poll(
              () => sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length,
              {
                timeout: 20_000,
                interval: 500,
              },
            )
            .toBe(0);
        } finally {
          clearInterval(dribble);
        }
      },
    );
  });

  test('ten thousand connections at once are held, and a visitor after them is answered', async () => {
    // One here and two at nginx's side for each; a machine that allows fewer files is tried with fewer.
    const files = process.report.getReport() as unknown as { userLimits: { open_files: { hard: string } } };
    const allowed = Number(files.userLimits.open_files.hard) || Infinity;
    const count = Math.min(10_000, allowed - 2_000);
    expect(count).toBeGreaterThan(1_000);
    const answers: string[] = [];
    // One address may wait for the API only so often at a time: nginx has this page.
    const plain = { headers: { 'accept-encoding': 'identity' } };
    expect((await platform.fetch(`${platform.address}/`, plain)).status).toBe(200);
    await withConnections(
      count,
      async (socket) => {
        socket.write('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
        const [data] = (await once(socket, 'data')) as [Buffer];
        answers.push(data.toString('latin1').slice(0, 12));
      },
      async (sockets) => {
        expect([answers.length, ...new Set(answers)]).toEqual([count, 'HTTP/1.1 200']);
        expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);
        expect(await status(`${platform.address}/`)).toBe(200);
        expect(await status(`${platform.address}/api/v1/site`)).toBe(200);
      },
    );
  });
});
