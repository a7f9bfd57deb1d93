/** nginx in front of the API, with the configuration of deploy/images/frontend. */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import dns from 'dns-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSite, type RunningSite } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { startNginx, type NginxServer } from '@homepage/testkit/services';

const repository = resolve(import.meta.dirname, '../..');
const webBuild = join(repository, 'apps/web/build');

type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer };

/** Without fetch's own ideas: no automatic decompression, any header, any path. */
async function ask(
  address: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const sent = request(`${address}`, { method, path, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
}

/** Bytes as they are, for requests that no client would send. */
async function raw(address: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.setTimeout(3_000, () => socket.destroy());
  socket.on('error', () => {}); // who sends too much is cut off after the answer
  await new Promise((done) => socket.once('close', done));
  return answer;
}

describe.skipIf(missing('nginx'))('the front end', () => {
  let folder: string;
  let site: RunningSite;
  let nginx: NginxServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'homepage-front-'));
    // A release before, with a file that this one does not have any more.
    const previousBuild = join(folder, 'previous');
    cpSync(join(webBuild, 'client/_app/version.json'), join(previousBuild, 'client/_app/version.json'));
    cpSync(join(webBuild, 'client/icon.svg'), join(previousBuild, 'client/_app/immutable/old.0a1b2c.svg'));
    site = await startSite({ dataDir: join(folder, 'data'), env: { TRUSTED_PROXIES: '127.0.0.1' } });
    nginx = await startNginx({ upstreams: [site.address], webBuild, previousBuild });
  });
  afterAll(async () => {
    await nginx?.remove();
    await site?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  /** how often `get` asked for each path */
  const asked = new Map<string, number>();
  const withoutQuery = (path: string): string => path.split('?')[0]!;
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    asked.set(withoutQuery(path), (asked.get(withoutQuery(path)) ?? 0) + 1);
    return ask(nginx.address, path, { headers });
  };
  /** Lines come through a pipe, a moment after the answer: those of requests before may still be on their way. */
  const cacheOf = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => {
    await get(path, headers);
    const lines = (): Record<string, unknown>[] =>
      nginx.accessLog().filter((line) => line['path'] === withoutQuery(path));
    await expect.poll(() => lines().length).toBe(asked.get(withoutQuery(path)));
    return lines().at(-1)!['cache'];
  };

  test.each([
    ['br', 'gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip, deflate', 'gzip'],
    ['nothing', 'br;q=0, gzip;q=0.0', undefined],
    ['what is not refused', 'br;q=0, gzip', 'gzip'],
    ['nothing when nothing is asked for', '', undefined],
  ])('chooses the encoding once: %s', async (_name, accepted, encoding) => {
    const { headers, status } = await get('/posts', { 'accept-encoding': accepted });
    expect([status, headers['content-encoding']]).toEqual([200, encoding]);
    expect(headers['vary']?.toLowerCase()).toContain('accept-encoding');
  });

  test('a page is the same bytes as the API gives, HEAD has no body, and who has it gets a 304', async () => {
    const direct = await ask(site.address, '/about');
    const through = await get('/about');
    expect(through.body.equals(direct.body)).toBe(true);
    const head = await ask(nginx.address, '/about', { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['etag']]).toEqual([200, 0, through.headers['etag']]);
    const again = await get('/about', { 'if-none-match': through.headers['etag']! });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy'])
      expect([name, through.headers[name]]).toEqual([name, direct.headers[name]]);
  });

  test('parameters that no page knows, and cookies, make no other copy', async () => {
    await get('/projects');
    for (const path of ['/projects?utm_source=x', '/projects?q=1&page=2', '/projects?'])
      expect([path, await cacheOf(path)]).toEqual([path, 'HIT']);
    expect(await cacheOf('/projects', { cookie: 'session=1' })).toBe('HIT');
    expect(await cacheOf('/projects', { 'accept-encoding': 'identity;q=1', 'user-agent': 'other' })).toBe(
      'HIT',
    );
    await get('/search?q=stone');
    expect(await cacheOf('/search?q=stone&x=1')).toBe('HIT');
    expect(await cacheOf('/search?q=river')).toBe('MISS');
    await get('/posts/__data.json?x-sveltekit-invalidated=01');
    expect(await cacheOf('/posts/__data.json?x-sveltekit-invalidated=01&y=2')).toBe('HIT');
    expect(await cacheOf('/posts/__data.json?x-sveltekit-invalidated=11')).toBe('MISS');
  });

  test('an old address keeps the query of whoever followed it', async () => {
    const { status, headers } = await get('/posts/?utm=mine');
    expect(status).toBe(308);
    expect(headers['location']).toBe('../posts?utm=mine');
    expect((await get('/posts/?other=1')).headers['location']).toBe('../posts?other=1');
    expect((await get('/posts/')).headers['location']).toBe('../posts');
  });

  test('files with a hash are ready-made, for ever, and those of the release before are still there', async () => {
    const html = (await get('/')).body.toString();
    const [file] = /\/_app\/immutable\/[\w./-]+\.js/.exec(html)!;
    for (const [accepted, encoding] of [
      ['br', 'br'],
      ['gzip', 'gzip'],
      ['identity', undefined],
    ] as const) {
      const { status, headers } = await get(file, { 'accept-encoding': accepted });
      expect([status, headers['content-encoding']]).toEqual([200, encoding]);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['vary']).toBe('Accept-Encoding');
    }
    expect((await get('/_app/immutable/old.0a1b2c.svg')).status).toBe(200);
    const gone = await get('/_app/immutable/missing.000000.js');
    expect([gone.status, gone.headers['cache-control']]).toEqual([404, undefined]);
    expect(gone.body.toString()).not.toContain('SvelteKit');
  });

  test.each([
    '/',
    '/nothing-here',
    '/_app/missing.js',
    '/icon.svg',
    '/api/v1/site',
    '/api/v1/nothing',
    '/%',
    '/posts/%ff',
  ])('%s has every security header exactly once', async (path) => {
    const answer = await raw(nginx.address, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const head = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase();
    for (const name of [
      'content-security-policy',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'permissions-policy',
      'referrer-policy',
      'x-content-type-options',
      'x-frame-options',
      'strict-transport-security',
    ])
      expect([name, head.match(new RegExp(`^${name}:`, 'gm'))]).toEqual([name, [`${name}:`]]);
    expect(head).not.toMatch(/^server: .*\d/m);
    expect(head).not.toContain('x-powered-by');
    expect(head).not.toMatch(/^http\/1\.1 5/);
  });

  test('the same headers as the API sets', async () => {
    const lines = readFileSync(join(repository, 'deploy/images/frontend/headers.conf'), 'utf8');
    const { headers } = await ask(site.address, '/api/v1/site');
    const through = (await get('/api/v1/site')).headers;
    for (const [, name, value] of lines.matchAll(/^add_header (\S+) "?(.*?)"? always;$/gm)) {
      // The site of this test has no TLS in front.
      if (name === 'Strict-Transport-Security') continue;
      const sent = value!.startsWith('$') ? through[name!.toLowerCase()] : value;
      expect([name, headers[name!.toLowerCase()]]).toEqual([name, sent]);
    }
  });

  test.each<[string, string, RegExp]>([
    [
      'two lengths',
      'POST /contact HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a length and chunks',
      'POST /contact HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    [
      'an unknown transfer coding',
      'POST /contact HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 50?[01]|^HTTP\/1\.1 400/,
    ],
    [
      'a header of one megabyte',
      `GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(1_000_000)}\r\n\r\n`,
      /^HTTP\/1\.1 400|^$/,
    ],
    [
      'an address of twenty kilobytes',
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      /^HTTP\/1\.1 414/,
    ],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 400/],
    ['HTTP/1.0', 'GET /about HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200/],
    ['an odd method', 'BREW / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 40[05]/],
    [
      'a body of two gigabytes',
      'POST /contact HTTP/1.1\r\nHost: a\r\nContent-Length: 2147483648\r\n\r\n',
      /^HTTP\/1\.1 413/,
    ],
  ])('%s', async (_name, text, answer) => {
    expect((await raw(nginx.address, text)).slice(0, 40)).toMatch(answer);
  });

  test('a hundred ranges of a picture are no way to ask for a hundred copies', async () => {
    const ranges = Array.from({ length: 100 }, () => '0-').join(',');
    const { body, headers, status } = await get('/icon-512.png', { range: `bytes=${ranges}` });
    expect(status).toBe(200);
    expect(body.length).toBe(Number(headers['content-length']));
  });

  /** One that the sample content shows. */
  async function somePicture(): Promise<string> {
    const { body } = await get('/posts/how-i-write-here');
    return /\/media\/[0-9a-f]{64}\/[\w.-]+/.exec(body.toString())![0];
  }

  test('a picture is kept by its hash alone, and a part of one is what the API gives', async () => {
    const picture = await somePicture();
    const direct = await ask(site.address, picture);
    expect((await get(picture)).body.equals(direct.body)).toBe(true);
    const otherwise = picture.replace(/[\w.-]+$/, 'invented-%78.svg');
    for (const path of [picture, `${picture}?v=2`, otherwise]) expect(await cacheOf(path)).toBe('HIT');
    const { headers } = await get(picture);
    expect([headers['cache-control'], headers['etag'], headers['content-security-policy']]).toEqual([
      direct.headers['cache-control'],
      direct.headers['etag'],
      direct.headers['content-security-policy'],
    ]);
    const part = await get(picture, { range: 'bytes=10-19' });
    expect([part.status, part.body.toString()]).toEqual([206, direct.body.subarray(10, 20).toString()]);
    expect(await cacheOf(picture, { range: 'bytes=0-9' })).toBe('BYPASS');
    expect((await get(`/media/${'0'.repeat(64)}/none.png`)).status).toBe(404);
    expect(await cacheOf(`/media/${'0'.repeat(64)}/none.png`)).toBe('MISS');
  });

  test('in production the log comes in pieces of whole lines; only who asked the API has its number', async () => {
    const front = await startNginx({ upstreams: [site.address], webBuild, logInPieces: true });
    try {
      const paths = ['/about', '/search?q=a', '/about', '/icon.svg'];
      await ask(front.address, '/about');
      // More than fits into one piece.
      await Promise.all(Array.from({ length: 80 }, (_, number) => ask(front.address, paths[number % 4]!)));
      await expect.poll(() => front.accessLog().length).toBe(81);
      for (const { cache, id } of front.accessLog())
        expect([cache, id]).toEqual([cache, cache === 'HIT' ? '' : expect.stringMatching(/^[0-9a-f]{32}$/)]);
      expect(front.accessLog().filter(({ cache }) => cache === 'HIT').length).toBeGreaterThan(0);
    } finally {
      await front.remove();
    }
  });

  test('the log has no query, no agent and no address, and the number that the API got', async () => {
    await get('/search?q=my-secret-wish', {
      'user-agent': 'hush-hush',
      referer: 'https://hush-hush.example',
    });
    await expect.poll(() => nginx.accessLog().at(-1)?.['path']).toBe('/search');
    const line = nginx.accessLog().at(-1)!;
    expect(line).toMatchObject({
      method: 'GET',
      status: 200,
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect(JSON.stringify(nginx.accessLog())).not.toMatch(/my-secret-wish|hush-hush|127\.0\.0\.1/);
    const status = await (await fetch(nginx.statusAddress)).text();
    expect(status).toContain('Active connections');
    expect((await get('/status')).status).toBe(404);
  });

  // Last: the API does not come back.
  test('more searches than a person types are refused, nothing else is', async () => {
    const search = (path: string) =>
      Promise.all(Array.from({ length: 150 }, (_search, n) => ask(nginx.address, `${path}?q=word${n}`)));
    const pages = await search('/search');
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const refused = pages.find(({ status }) => status === 429)!;
    expect(refused.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'retry-after': '5',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const [answer] = (await search('/api/v1/search')).filter(({ status }) => status === 429);
    expect(answer!.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(answer!.body.toString())).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    // Whoever was refused still reads.
    for (const path of ['/', '/posts', '/api/v1/posts'])
      expect([path, (await ask(nginx.address, path)).status]).toEqual([path, 200]);
    await expect
      .poll(async () => (await ask(nginx.address, '/search?q=again')).status, { timeout: 10_000 })
      .toBe(200);
  });

  test('it is no administrator, and writes to one folder only', async () => {
    await ask(nginx.address, '/posts');
    const folder = nginx.service.folder;
    const { mtimeMs: started } = statSync(join(folder, 'tmp/nginx.pid'));
    const changed = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
      const { mtimeMs } = lstatSync(join(folder, path));
      return mtimeMs > started && !/^(tmp|nginx\.log)(\/|$)/.test(path);
    });
    expect(changed).toEqual([]);
    if (process.getuid?.() !== 0) return; // then it is who runs the tests
    expect(statSync(join(folder, 'tmp/nginx.pid')).uid).toBe(65534);
    expect(readdirSync(folder).filter((path) => lstatSync(join(folder, path)).uid === 65534)).toEqual([
      'tmp',
    ]);
  });

  test('the address of a draft is in no log of nginx’s, however it is spelled, and goes to no other site', async () => {
    const token = `1${'t0-_'.repeat(12)}`;
    const paths = [
      `/preview/${token}`,
      `/preview/${token}/__data.json`,
      `//preview/${token}`,
      `/x/../preview/${token}`,
      `/%70review/${token}`,
      `/Preview/${token}`,
      `/preview%2f${token}`,
      `/%70review%2f${token}`,
    ];
    const { headers } = await get(paths[0]!);
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    });
    expect((await get('/about')).headers['referrer-policy']).toBe('strict-origin-when-cross-origin');
    await expect.poll(() => nginx.accessLog().at(-1)?.['path']).toBe('/about');
    const lines = nginx.accessLog().length;
    for (const path of paths) await ask(nginx.address, `${path}?x=1`);
    await expect.poll(() => nginx.accessLog().length).toBe(lines + paths.length);
    const shown = nginx
      .accessLog()
      .slice(lines)
      .map((line) => line['path']);
    expect(shown.slice(0, 3)).toEqual(['/preview/-', '/preview/-', '//preview/-']);
    nginx.useUpstreams(['http://127.0.0.1:1']);
    await expect.poll(async () => (await get(paths[0]!)).status, { timeout: 10_000 }).toBe(503);
    expect((await get(paths[0]!)).headers['referrer-policy']).toBe('no-referrer');
    nginx.useUpstreams([site.address]);
    await expect.poll(async () => (await get(paths[0]!)).status, { timeout: 10_000 }).toBe(404);
    expect(nginx.service.log()).not.toContain(token.slice(0, 20));
  });

  test('when the API is away, what was read before goes on, and the rest says so', async () => {
    const picture = await somePicture();
    const read = ['/projects', '/posts/__data.json?x-sveltekit-invalidated=01', picture];
    // Workers from before the last reload may answer for a moment.
    for (const path of read) await expect.poll(() => cacheOf(path)).toBe('HIT');
    site.process.kill('SIGKILL');
    await once(site.process, 'exit');
    await new Promise((done) => setTimeout(done, 3_500)); // longer than any copy is fresh
    for (const path of read) expect([path, (await get(path)).status]).toEqual([path, 200]);

    const page = await get('/privacy');
    expect([
      page.status,
      page.headers['content-type'],
      page.headers['cache-control'],
      page.headers['retry-after'],
    ]).toEqual([503, 'text/html; charset=utf-8', 'no-store', '5']);
    const html = page.body.toString();
    const [, style] = /<style>([^]*?)<\/style>/.exec(html)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(page.headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);

    const data = await get('/privacy/__data.json');
    expect([data.status, data.headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    const feed = await get('/atom.xml');
    expect([feed.status, feed.headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    const api = await get('/api/v1/site');
    expect([api.status, api.headers['content-type']]).toEqual([503, 'application/problem+json']);
    expect(JSON.parse(api.body.toString())).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    const sent = await ask(nginx.address, '/contact', { method: 'POST', body: 'a=b' });
    expect(sent.status).toBe(503);
    for (const { headers } of [page, data, api]) expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe.skipIf(missing('nginx'))('what the API gets to know', () => {
  let echo: Server;
  let seen: { url: string; headers: IncomingMessage['headers'] }[];
  let answers: Record<string, string> = {};
  /** answers wait for this */
  let held: Promise<void> | undefined;
  let nginx: NginxServer;
  let behindProxy: NginxServer;
  beforeAll(async () => {
    seen = [];
    echo = createServer(async (message, response) => {
      seen.push({ url: message.url!, headers: message.headers });
      await held;
      response.writeHead(200, { 'cache-control': 'public, max-age=0, s-maxage=60', ...answers });
      response.end('x');
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const upstreams = [`http://127.0.0.1:${(echo.address() as { port: number }).port}`];
    nginx = await startNginx({ upstreams, webBuild });
    behindProxy = await startNginx({ upstreams, webBuild, trustedProxies: ['127.0.0.0/8'] });
  });
  afterAll(async () => {
    await nginx?.remove();
    await behindProxy?.remove();
    echo?.closeAllConnections();
    echo?.close();
  });
  const last = () => seen.at(-1)!.headers;

  test('a forged address changes nothing; that of a trusted proxy counts', async () => {
    const forged = {
      'x-forwarded-for': '203.0.113.9',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    };
    await ask(nginx.address, '/api/x', { headers: forged });
    expect([last()['x-forwarded-for'], last()['x-real-ip'], last()['forwarded']]).toEqual([
      '127.0.0.1',
      undefined,
      undefined,
    ]);
    await ask(behindProxy.address, '/api/x', { headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' } });
    // What stands before the last untrusted address was written by the visitor.
    expect(last()['x-forwarded-for']).toBe('203.0.113.9');
  });

  test('one visitor has only so much under way, a network of IPv6 is one visitor, and others notice nothing', async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    held = promise;
    const from = (address: string): Promise<Answer> =>
      ask(behindProxy.address, '/api/x', { headers: { 'x-forwarded-for': address } });
    const mine = Array.from({ length: 20 }, (_one, n) => from(`2001:db8:1:2::${n + 1}`));
    // Who is refused does not wait for the others.
    const refused = await Promise.race(mine);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '5']);
    expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    const others = ['2001:db8:1:3::1', '203.0.113.77'].map(from);
    await expect
      .poll(() => seen.filter(({ headers }) => headers['x-forwarded-for'] === '203.0.113.77'))
      .toHaveLength(1);
    release();
    held = undefined;
    expect((await Promise.all(mine)).filter(({ status }) => status === 429)).toHaveLength(4);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each([
    ['zeros that are left out within the network', (n: number) => `2001:db8:7::1:2:${n}`, 4],
    ['zeros that are left out early', (n: number) => `2001:db8::${n}`, 4],
    ['addresses of IPv4 in the form of IPv6', (n: number) => `::ffff:203.0.113.${n}`, 0],
  ])('%s: who is one visitor', async (_name, address, refused) => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    held = promise;
    const before = seen.length;
    const all = Array.from({ length: 20 }, (_one, n) =>
      ask(behindProxy.address, '/api/x', { headers: { 'x-forwarded-for': address(n + 1) } }),
    );
    await expect.poll(() => seen.length).toBe(before + 20 - refused);
    release();
    held = undefined;
    expect((await Promise.all(all)).filter(({ status }) => status === 429)).toHaveLength(refused);
  });

  test('who sends slowly keeps nobody behind the same address from reading', async () => {
    const from = { 'x-forwarded-for': '203.0.113.50' };
    const slow = Array.from({ length: 20 }, () => {
      const headers = { ...from, 'content-length': '100' };
      const sent = request(behindProxy.address, { method: 'POST', path: '/api/x', headers, agent: false });
      sent.on('error', () => {});
      sent.write('a');
      return sent;
    });
    const refusals: number[] = [];
    for (const sent of slow)
      sent.on('response', ({ statusCode }: IncomingMessage) => refusals.push(statusCode!));
    await expect.poll(() => refusals).toEqual(Array.from({ length: 12 }, () => 429));
    expect((await ask(behindProxy.address, '/api/x', { headers: from })).status).toBe(200);
    for (const sent of slow) sent.destroy();
  });

  test('a number that a visitor made up is replaced', async () => {
    await ask(nginx.address, '/api/x', { headers: { 'x-request-id': 'mine' } });
    expect(last()['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('nothing that a visitor sends reaches a page that others get', async () => {
    answers = { 'set-cookie': 'a=b', vary: 'cookie, x-evil, accept-encoding' };
    const evil = {
      cookie: 'session=1',
      'x-forwarded-host': 'evil.example',
      'x-original-url': '/admin',
      'x-evil': '<script>',
      'accept-encoding': 'gzip;q=0.1, br;q=0.9, evil',
    };
    const first = await ask(nginx.address, '/poison?cb=1', { headers: evil });
    expect(first.headers['set-cookie']).toBeUndefined();
    expect(seen.at(-1)!.url).toBe('/poison');
    expect([last()['cookie'], last()['x-forwarded-host'], last()['accept-encoding']]).toEqual([
      undefined,
      undefined,
      'br',
    ]);
    const asked = seen.length;
    await ask(nginx.address, '/poison?cb=2', { headers: { 'accept-encoding': 'br' } });
    expect(seen).toHaveLength(asked);
    answers = {};
  });

  test('an address with a file at its end is kept under that address, not as the page before it', async () => {
    await ask(nginx.address, '/about');
    const asked = seen.length;
    for (const path of [
      '/about/x.css',
      '/about%2fx.css',
      '/about;x.css',
      '/about%00.css',
      '//about',
      '/about/..%2fabout',
    ])
      await ask(nginx.address, path);
    expect(seen.slice(asked).map(({ url }) => url)).toEqual([
      '/about/x.css',
      '/about%2fx.css',
      '/about;x.css',
      '//about',
      '/about/..%2fabout',
    ]);
  });

  test('writing, previews and the API go past the cache', async () => {
    for (const [method, path] of [
      ['POST', '/about'],
      ['GET', '/preview/token'],
      ['GET', '/api/v1/site'],
    ] as const) {
      const asked = seen.length;
      await ask(nginx.address, path, { method });
      await ask(nginx.address, path, { method });
      expect([path, seen.length - asked]).toEqual([path, 2]);
    }
  });

  test('other processes take over at a change of address', async () => {
    const other = createServer((_message, response) => response.end('other')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    behindProxy.useUpstreams([`http://127.0.0.1:${(other.address() as { port: number }).port}`]);
    await expect.poll(async () => (await ask(behindProxy.address, '/api/x')).body.toString()).toBe('other');
    other.closeAllConnections();
    other.close();
  });
});

describe.skipIf(missing('nginx'))('where the API is', () => {
  // Two machines with one port: other systems have no second address of this machine without being told.
  test.skipIf(process.platform !== 'linux')('a name that leads elsewhere is followed at once', async () => {
    let address = '127.0.0.2';
    const names = createSocket('udp4', (message, { port, address: from }) => {
      const { id, questions } = dns.decode(message);
      const answers = [{ type: 'A' as const, name: 'api.test', ttl: 1, data: address }];
      names.send(dns.encode({ type: 'response', id: id!, questions: questions!, answers }), port, from);
    });
    names.bind(0, '127.0.0.1');
    await once(names, 'listening');
    const machines = ['127.0.0.2', '127.0.0.3'].map((host) =>
      createServer((_message, response) => response.end(host)),
    );
    let port = 0;
    for (const [index, machine] of machines.entries()) {
      machine.listen(port, `127.0.0.${index + 2}`);
      await once(machine, 'listening');
      ({ port } = machine.address() as { port: number });
    }
    const nginx = await startNginx({
      upstreams: [`http://api.test:${port}`],
      resolver: `127.0.0.1:${names.address().port}`,
      webBuild,
    });
    const answeredBy = async (): Promise<string> => (await ask(nginx.address, '/api/x')).body.toString();
    try {
      for (const path of ['/api/x', '/posts?a=b', '/media/x/y', '/preview/x', '/search?q=a'])
        expect((await ask(nginx.address, path)).body.toString()).toBe('127.0.0.2');
      address = '127.0.0.3';
      machines[0]!.close();
      machines[0]!.closeAllConnections();
      await expect.poll(answeredBy, { timeout: 5_000 }).toBe('127.0.0.3');
    } finally {
      await nginx.remove();
      machines.forEach((machine) => machine.close().closeAllConnections());
      names.close();
    }
  });
});

test('the page for when the API is away is whole without anything else', () => {
  const html = readFileSync(join(repository, 'deploy/images/frontend/unavailable.html'), 'utf8');
  expect(html).not.toMatch(/<script|<link|<img|url\(|@import|https?:/);
});
