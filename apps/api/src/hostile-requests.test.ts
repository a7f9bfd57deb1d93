/** What strangers send: never a 5xx, never a stack, and the security headers are on every answer. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApp, type TestApp } from './test-app.ts';

let api: TestApp;
let port: number;
beforeAll(async () => {
  api = await openTestApp({ pages: true });
  await api.post('hello');
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as { port: number }).port;
});
afterAll(() => api.close());

/** Sends bytes as they are; a client library would correct them. */
function send(request: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => (answer += data));
    socket.on('close', () => done(answer));
    socket.on('error', fail);
  });
}

const request = (line: string, headers = ''): Promise<string> =>
  send(`${line} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n${headers}\r\n`);

const REQUIRED = [
  'content-security-policy',
  'x-content-type-options: nosniff',
  'referrer-policy',
  'x-frame-options: deny',
];

test.each(['gzip', 'br', 'GZIP, identity'])(
  'a body in %s is refused before it is unpacked',
  async (encoding) => {
    for (const url of ['/api/v1/contact', '/contact']) {
      const answer = await api.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        payload: Buffer.from([0x1f, 0x8b, 8, 0]),
      });
      expect([answer.statusCode, answer.headers['accept-encoding']]).toEqual([415, 'identity']);
      expect(answer.json()).toMatchObject({ code: 'BODY_COMPRESSED', field: 'headers.content-encoding' });
    }
  },
);

describe('an answer that is a 4xx, without a stack, with all security headers', () => {
  test.each([
    ['a lone percent sign', 'GET /%'],
    ['an invalid byte', 'GET /posts/%ff'],
    ['a NUL', 'GET /posts/%00'],
    ['an address of 3,000 characters', `GET /${'a'.repeat(3000)}`],
    ['an address of 100,000 characters', `GET /${'a'.repeat(100_000)}`],
    ['3,000 unknown parameters', `GET /nothing?${'a=1&'.repeat(3000)}`],
    ['a path out of the folder', 'GET /..%2f..%2f..%2fetc/passwd'],
    ['an undecoded path out of the folder', 'GET /_app/../../../../etc/passwd'],
    ['a doubly encoded path', 'GET /%252e%252e/%252e%252e/etc/passwd'],
    ['another host in the path', 'GET //evil.example/path'],
    ['a backslash host', 'GET /\\evil.example'],
    ['TRACE', 'TRACE /'],
    ['PROPFIND', 'PROPFIND /'],
    ['POST to a page', 'POST /posts/hello'],
    ['DELETE of a page', 'DELETE /posts/hello'],
    ['OPTIONS of a page', 'OPTIONS /'],
    ['a method that does not exist', 'GARBAGE /'],
    ['a missing file of the build', 'GET /_app/immutable/nodes/0.missing.js'],
    ['a page number that is none', 'GET /posts/page/-1'],
    ['a page number beyond the end', 'GET /posts/page/99999999999999999999'],
    ['a media hash that is none', 'GET /media/zzz/picture.png'],
    ['an unknown media hash', `GET /media/${'0'.repeat(64)}/picture.png`],
    ['a page number with a fraction', 'GET /posts/page/1.5'],
    ['a NUL in the API', 'GET /api/v1/posts/a%00b'],
    ['a slug of 1,000 characters', `GET /api/v1/posts/${'a'.repeat(1000)}`],
    ['a page that does not exist', 'GET /posts/nothing'],
  ])('%s', async (_name, line) => {
    const answer = await request(line);
    const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
    expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
    const lower = head.toLowerCase();
    expect(REQUIRED.filter((header) => !lower.includes(header))).toEqual([]);
    expect(body).not.toMatch(/\bat .+:\d+:\d+|node_modules|\.ts:\d/);
  });

  test.each([
    ['a header of 100 kB', 'GET /', `X-Long: ${'a'.repeat(100_000)}\r\n`],
    ['a broken header line', 'GET /', 'no colon here\r\n'],
    ['two lengths', 'POST /api/v1/posts', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['length and chunks', 'POST /api/v1/posts', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    [
      'a body over the limit',
      'POST /api/v1/posts',
      'Content-Type: application/json\r\nContent-Length: 999999999\r\n',
    ],
  ])('%s', async (_name, line, headers) => {
    const [head = ''] = (await request(line, headers)).split('\r\n\r\n', 1);
    expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff');
  });
});

test('a good page has the headers, its own policy without unsafe words, and no cookie', async () => {
  const response = await api.app.inject({ url: '/posts/hello' });
  expect(response.statusCode).toBe(200);
  const policy = String(response.headers['content-security-policy']);
  expect(policy).toMatch(/default-src 'none'/);
  expect(policy).toMatch(/script-src 'self' 'sha256-/);
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval/);
  expect(response.headers['set-cookie']).toBeUndefined();
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
});

test('a reader gets a page, a program gets a problem', async () => {
  const page = await request('GET /posts/%ff', 'Accept: text/html,*/*;q=0.8\r\n');
  expect(page).toMatch(/^HTTP\/1\.1 400 /);
  expect(page).toContain('<h1>This address cannot be read</h1>');
  expect(await request('GET /posts/%ff')).toContain('application/problem+json');
});

test('another host in the path never becomes the address of a page', async () => {
  for (const path of ['//evil.example/', '/\\evil.example/', '/\\/evil.example']) {
    const answer = await request(`GET ${path}`);
    expect(answer.replace(/^GET.*$/m, '')).not.toMatch(/https?:\/\/evil\.example/);
  }
});

test('data of a page that does not exist says so inside, and nobody keeps it', async () => {
  const { body, headers } = await api.app.inject({ url: '/posts/nothing/__data.json' });
  expect(body).toContain('"status":404');
  expect(headers['cache-control']).toBe('no-store');
});

test.each([
  '/%70osts/hello',
  '/p%6Fsts/%68ello',
  '/posts/hello?x-sveltekit-invalidated=01',
  '/posts/hello/__data.json?x-sveltekit-invalidated=Nzz',
  '/posts/hello/__data.json?x-sveltekit-trailing-slash=7&a=b',
  '/posts/hello/%5F_data.json?x-sveltekit-invalidated=111111111',
  '/api/v1/posts?cursor=MTc2NzIyNTYwMDAwMC5hYmM',
])('%s is not kept as a page of its own', async (address) => {
  await api.app.inject({ url: '/posts/hello' });
  await api.app.inject({ url: '/posts/hello/__data.json' });
  const before = api.documents.stats().entries;
  const { statusCode } = await api.app.inject({ url: address });
  expect([statusCode, api.documents.stats().entries]).toEqual([200, before]);
});

test('campaign marks in the address do not make another page', async () => {
  await api.app.inject({ url: '/posts/hello' });
  const before = api.documents.stats().entries;
  const response = await api.app.inject({ url: '/posts/hello?utm_source=x&fbclid=y' });
  expect(response.statusCode).toBe(200);
  expect(api.documents.stats().entries).toBe(before);
});

test('a page that was not changed is a 304', async () => {
  const first = await api.app.inject({ url: '/posts/hello' });
  const again = await api.app.inject({
    url: '/posts/hello',
    headers: { 'if-none-match': String(first.headers['etag']) },
  });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

test('HEAD has the headers of GET and no body', async () => {
  const get = await api.app.inject({ url: '/posts/hello' });
  const head = await api.app.inject({ method: 'HEAD', url: '/posts/hello' });
  expect(head.statusCode).toBe(200);
  expect(head.body).toBe('');
  expect(head.headers['etag']).toBe(get.headers['etag']);
});
