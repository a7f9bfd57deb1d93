/** Messages by JSON and by form: stored before they are acknowledged, refused by name, and typed words come back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONTACT_LIMITS, type ProblemDetails } from '@homepage/contract';
import { listMessages, type StoredMessage } from '@homepage/site';
import { openTestApp, type TestApp } from '../../test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await openTestApp({ pages: true })));
afterAll(() => api.close());

const good = { name: 'Ada', email: 'ada@example.dev', message: 'Hello\nthere' };
const stored = (): Promise<StoredMessage[]> => listMessages(api.site.db, { limit: 500, suspect: true });

/** Each test writes from an address of its own, so that the limit of one does not reach another. */
let address = 0;
beforeEach(async () => {
  address++;
  await api.site.db.deleteFrom('contact_messages').execute();
});
const remoteAddress = (): string => `192.0.2.${address}`;

const postJson = (payload: string | object, headers: object = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/api/v1/contact',
    remoteAddress: remoteAddress(),
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

const postForm = (fields: Record<string, string>, headers: object = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/contact',
    remoteAddress: remoteAddress(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
    payload: new URLSearchParams(fields).toString(),
  });

describe('POST /api/v1/contact', () => {
  test('stores what was typed, and nothing else', async () => {
    const response = await postJson(good, {
      'user-agent': 'a browser',
      referer: 'http://elsewhere.example/',
    });
    expect(response.statusCode).toBe(201);
    const [row, ...others] = await api.site.db.selectFrom('contact_messages').selectAll().execute();
    expect(others).toEqual([]);
    expect(row).toEqual({ id: expect.anything(), received_at: expect.any(Date), suspect: false, ...good });
    expect(response.json()).toEqual({ receivedAt: row!.received_at.toISOString() });
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  test('an address is not needed; spaces around are dropped; lines stay lines', async () => {
    expect((await postJson({ name: ' Ada ', email: '', message: ' a\r\nb\rc\t \n' })).statusCode).toBe(201);
    expect((await postJson({ name: 'Bob', message: 'm'.repeat(CONTACT_LIMITS.message) })).statusCode).toBe(
      201,
    );
    expect(await stored()).toMatchObject([
      { name: 'Bob', email: null },
      { name: 'Ada', email: null, message: 'a\nb\nc' },
    ]);
  });

  test.each([
    [{ ...good, name: ' ' }, 'body.name'],
    [{ ...good, name: 'a\nBcc: b@example.dev' }, 'body.name'],
    [{ ...good, name: 'x'.repeat(101) }, 'body.name'],
    [{ ...good, name: 7 }, 'body.name'],
    [{ ...good, email: 'nobody' }, 'body.email'],
    [{ ...good, email: 'a@example.dev, b@example.dev' }, 'body.email'],
    [{ ...good, message: '\n\n' }, 'body.message'],
    [{ ...good, message: 'x'.repeat(CONTACT_LIMITS.message + 1) }, 'body.message'],
    [{ ...good, message: 'a\u0000b' }, 'body.message'],
    [{ ...good, message: 'a\u001b[2Jb' }, 'body.message'],
    [{ ...good, subject: 'x' }, 'body.subject'],
    [[good], 'body'],
    ['null', 'body'],
    ['', 'body'],
    ['{', 'body'],
  ])('%j is refused, and %s is named', async (payload, field) => {
    const response = await postJson(payload);
    expect([response.statusCode, response.json<ProblemDetails>().field]).toEqual([400, field]);
    expect(await stored()).toEqual([]);
  });

  test('several wrong fields are all named', async () => {
    const { fields } = (await postJson({ name: '', email: 'x', message: '' })).json<ProblemDetails>();
    expect(fields).toEqual(['body.name', 'body.email', 'body.message']);
  });

  test.each([
    ['another type', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'the form of another site',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, 403, 'CROSS_SITE'],
    ['a page of a site beside this one', { 'sec-fetch-site': 'same-site' }, 403, 'CROSS_SITE'],
    ['an older browser on another site', { origin: 'https://evil.example' }, 403, 'CROSS_SITE'],
    ['a page without an origin', { origin: 'null' }, 403, 'CROSS_SITE'],
  ])('%s is refused', async (_name, headers, status, code) => {
    const response = await postJson(good, headers);
    expect([response.statusCode, response.json<ProblemDetails>().code]).toEqual([status, code]);
    expect(await stored()).toEqual([]);
  });

  test.each([{ origin: 'http://site.test' }, { origin: 'http://localhost:80', host: 'localhost:80' }])(
    'an older browser on this site may write: %j',
    async (headers) => {
      // The URL parser drops a default port on both sides.
      expect((await postJson(good, { ...headers, host: 'localhost' })).statusCode).toBe(201);
    },
  );

  test('a body over the limit is refused unread', async () => {
    const response = await postJson({ ...good, message: 'x'.repeat(200_000) });
    expect([response.statusCode, response.json<ProblemDetails>().code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('a sixth message in ten minutes is refused, with the time to wait; another address may write', async () => {
    for (let index = 0; index < 5; index++) expect((await postJson(good)).statusCode).toBe(201);
    const refused = await postJson(good);
    expect([refused.statusCode, refused.json<ProblemDetails>().code]).toEqual([429, 'TOO_MANY_MESSAGES']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(500);
    expect(await stored()).toHaveLength(5);
    address++;
    expect((await postJson(good)).statusCode).toBe(201);
  });

  test('a forged X-Forwarded-For changes nothing, a trusted proxy is believed', async () => {
    for (let index = 0; index < 5; index++)
      await postJson(good, { 'x-forwarded-for': `198.51.100.${index}` });
    expect((await postJson(good, { 'x-forwarded-for': '198.51.100.99' })).statusCode).toBe(429);
    const behindProxy = (visitor: string) =>
      api.app.inject({
        method: 'POST',
        url: '/api/v1/contact',
        remoteAddress: '10.1.2.3',
        headers: { 'x-forwarded-for': `1.1.1.1, ${visitor}` },
        payload: good,
      });
    for (let index = 0; index < 5; index++) expect((await behindProxy('203.0.113.1')).statusCode).toBe(201);
    expect((await behindProxy('203.0.113.1')).statusCode).toBe(429);
    expect((await behindProxy('203.0.113.2')).statusCode).toBe(201);
  });

  test('the trap: the answer is the same, the message is set apart', async () => {
    expect((await postJson({ ...good, website: 'https://spam.example' })).statusCode).toBe(201);
    expect(await stored()).toMatchObject([{ suspect: true }]);
    expect(await listMessages(api.site.db, { limit: 10, suspect: false })).toEqual([]);
  });
});

describe('the form of /contact without script', () => {
  test('is stored, and leads on to a page that can be loaded again', async () => {
    const response = await postForm({ ...good, website: '' });
    expect([response.statusCode, response.headers['location']]).toEqual([303, '/contact/sent']);
    expect(await stored()).toMatchObject([{ ...good, suspect: false }]);
    expect((await api.app.inject('/contact/sent')).statusCode).toBe(200);
  });

  test('comes back with what was typed, and each mistake at its field', async () => {
    const response = await postForm({ name: '', email: '"><b>x', message: '<script>alert(1)</script>' });
    expect(response.statusCode).toBe(422);
    expect(response.headers['cache-control']).toBe('no-store');
    // Compared as values, so that a failure prints a line and not a page.
    expect(response.body.includes('<script>alert(1)')).toBe(false);
    expect(/<textarea[^>]*>([^<]*)</.exec(response.body)?.[1]).toBe('&lt;script>alert(1)&lt;/script>');
    expect(/<input id="email"[^>]*value="([^"]*)"/.exec(response.body)?.[1]).toBe('&quot;>&lt;b>x');
    for (const name of ['name', 'email']) {
      const [field = ''] = new RegExp(`<input id="${name}"[^>]*`).exec(response.body) ?? [];
      expect(field).toContain('aria-invalid="true"');
      expect(field).toMatch(new RegExp(`aria-describedby="[^"]*${name}-refused"`));
      expect(response.body.includes(`id="${name}-refused"`)).toBe(true);
    }
    expect(response.body.includes('id="message-refused"')).toBe(false);
    expect(await stored()).toEqual([]);
    // What one visitor typed is in no page of another.
    expect((await api.app.inject('/contact')).body.includes('alert(1)')).toBe(false);
  });

  test('says that there were too many, and keeps the words', async () => {
    for (let index = 0; index < 5; index++) await postForm(good);
    const response = await postForm({ ...good, message: 'my sixth' });
    expect(response.statusCode).toBe(429);
    expect(/<textarea[^>]*>([^<]*)</.exec(response.body)?.[1]).toBe('my sixth');
    expect(/role="alert">(.*?)<\/div>/.exec(response.body)?.[1]).toContain(
      'more messages came than a person writes',
    );
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a page without an origin', { 'sec-fetch-site': 'cross-site', origin: 'null' }, 403],
    ['another type', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ])('%s is refused', async (_name, headers, status) => {
    const response = await postForm(good, headers);
    expect(response.statusCode).toBe(status);
    expect(await stored()).toEqual([]);
  });

  test('more than the limit is a page that says so', async () => {
    const response = await postForm({ ...good, message: 'x'.repeat(200_000) });
    expect(response.statusCode).toBe(413);
    expect(response.body).toContain('<h1>This is too much</h1>');
  });

  test('an empty and a strange body come back, too', async () => {
    for (const fields of [{}, { ...good, admin: 'yes' }, { __proto__: 'x', ...good, constructor: 'y' }]) {
      expect((await postForm(fields as Record<string, string>)).statusCode).toBe(422);
    }
  });
});

test('a site without the form has neither page nor address nor description of it', async () => {
  const closed = await openTestApp({ pages: true, config: { features: { contact: false } } });
  const send = (url: string) =>
    closed.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      payload: good,
    });
  expect((await send('/api/v1/contact')).statusCode).toBe(404);
  expect((await send('/contact')).statusCode).toBe(405);
  expect((await closed.app.inject('/contact')).statusCode).toBe(404);
  expect((await closed.app.inject('/')).body.includes('href="/contact"')).toBe(false);
  expect((await closed.app.inject('/api/openapi.json')).body.includes('/contact')).toBe(false);
  await closed.close();
});
