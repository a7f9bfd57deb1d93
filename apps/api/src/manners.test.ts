/** How the process behaves among others: its measurements, its logs, under too much load, and when it ends. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { ProblemDetails } from '@homepage/contract';
import { MOST_AT_ONCE, MOST_WAITING } from './load.ts';
import { openTestApp, type TestApp } from './test-app.ts';

let api: TestApp;
afterEach(() => api.close());

test('ten thousand odd addresses make no new series', async () => {
  api = await openTestApp({ pages: false });
  const ask = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      await api.app.inject({ url: `/api/v1/posts/odd-${n}-${Math.random()}` });
      await api.app.inject({ url: `/api/odd/${n}?x=${n}` });
      await api.app.inject({ method: 'POST', url: `/odd-${n}` });
    }
  };
  const series = async (): Promise<string[]> =>
    (await api.registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  await ask(3);
  const before = await series();
  await ask(3_300);
  expect(await series()).toHaveLength(before.length);
  expect(before.join('\n')).toMatch(
    /^http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/posts\/:slug",status="4xx"\} 3$/m,
  );
}, 120_000);

test('a failure is logged once, as JSON with the number of its request, and without anything of the visitor', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  api = await openTestApp({ pages: false, log: pino({ level: 'info' }, stream) });
  api.app.get('/fails', () => {
    throw new Error('broken');
  });
  const headers = {
    'x-request-id': '0123456789abcdef0123456789abcdef',
    authorization: 'Bearer hush-hush',
    cookie: 'a=hush-hush',
    'user-agent': 'hush-hush',
    'x-forwarded-for': '203.0.113.9',
  };
  const answer = await api.app.inject({
    url: '/fails?email=hush-hush',
    headers,
    remoteAddress: '203.0.113.7',
  });
  expect(answer.statusCode).toBe(500);
  expect(answer.json<ProblemDetails>().code).toBe('INTERNAL');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ reqId: headers['x-request-id'], err: { message: 'broken' } });
  expect(lines[0]).not.toMatch(/hush-hush|203\.0\.113/);
});

test.each([['<script>alert(1)</script>'], ['x'.repeat(5000)], ['0123\n4567 forged line 89']])(
  'the number %j is not taken over into the logs',
  async (given) => {
    api = await openTestApp({ pages: false });
    let id = '';
    api.app.addHook('onRequest', async (request) => void (id = request.id));
    await api.app.inject({ url: '/api/v1/site', headers: { 'x-request-id': given } });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('when more is asked than can be made, some are told to come again; what is kept is answered', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  api = await openTestApp({ pages: true, log: pino({ level: 'info' }, stream) });
  await api.app.inject({ url: '/about' });
  await api.app.inject({ url: '/api/v1/site' });
  const { promise: held, resolve: end } = Promise.withResolvers<void>();
  const hold = (): Promise<unknown> =>
    api.documents.unkept('/x', () => held.then(() => new Response('done')));
  const making = Array.from({ length: MOST_AT_ONCE }, hold);
  const waiting = Array.from({ length: MOST_WAITING }, () => hold().catch((error: Error) => error));

  const json = await api.app.inject({ url: '/api/v1/search?q=x' });
  expect([json.statusCode, json.headers['retry-after'], json.headers['cache-control']]).toEqual([
    503,
    '5',
    'no-store',
  ]);
  expect(json.json<ProblemDetails>()).toMatchObject({
    code: 'OVERLOADED',
    fix: expect.stringContaining('again'),
  });
  for (const url of ['/search?q=x', '/never-read', '/api/docs']) {
    const page = await api.app.inject({ url });
    expect([url, page.statusCode, page.headers['retry-after']]).toEqual([url, 503, '5']);
    expect(page.body).toContain(url.startsWith('/api/') ? 'OVERLOADED' : '<h1>Too many visitors');
  }
  const data = await api.app.inject({ url: '/never-read/__data.json' });
  expect([data.statusCode, data.json<ProblemDetails>().code]).toEqual([503, 'OVERLOADED']);
  expect((await api.app.inject({ url: '/about' })).statusCode).toBe(200);
  expect((await api.app.inject({ url: '/api/v1/site' })).statusCode).toBe(200);
  api.documents.invalidate();
  expect((await api.app.inject({ url: '/about' })).statusCode).toBe(200);
  const sent = await api.app.inject({
    method: 'POST',
    url: '/api/v1/contact',
    payload: { name: 'A', message: 'In the middle of it.' },
  });
  expect(sent.statusCode).toBe(201);
  const metrics = await api.registry.metrics();
  expect(metrics).toMatch(/^http_request_duration_seconds_count\{.*status="5xx"\} \d/m);

  end();
  await Promise.all([...making, ...waiting]);
  expect((await api.app.inject({ url: '/search?q=x' })).statusCode).toBe(200);
  expect(lines).toEqual([]);
});

test('a process that is stopping closes connections after their answer', async () => {
  let stopping = false;
  api = await openTestApp({ pages: false, stopping: () => stopping });
  const connection = async (): Promise<unknown> =>
    (await api.app.inject({ url: '/api/v1/site' })).headers['connection'];
  expect(await connection()).not.toBe('close');
  stopping = true;
  expect(await connection()).toBe('close');
});
