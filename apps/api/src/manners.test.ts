/** How the process behaves among others: its measurements, its logs, under too much load, and when it ends. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { ProblemDetails } from '@homepage/contract';
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

test('when the process cannot keep up, some are told to come again', async () => {
  api = await openTestApp({ pages: false });
  expect((await api.app.inject({ url: '/api/v1/site' })).statusCode).toBe(200);
  let answer = await api.app.inject({ url: '/api/v1/site' });
  // Measured as a mean over a second: one late turn is no overload, one after the other is.
  for (let turn = 0; turn < 6 && answer.statusCode === 200; turn++) {
    const until = performance.now() + 1_500;
    while (performance.now() < until); // what a hundred requests too many do
    await new Promise((done) => setTimeout(done, 20));
    answer = await api.app.inject({ url: '/api/v1/site' });
  }
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
  expect(answer.json<ProblemDetails>()).toMatchObject({ code: 'OVERLOADED' });
  await expect
    .poll(async () => (await api.app.inject({ url: '/api/v1/site' })).statusCode, { timeout: 10_000 })
    .toBe(200);
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
