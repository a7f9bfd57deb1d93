/** Messages and their notices, with a real mail server, a real HTTP server and a real database. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openNotifiers, type Notifier } from '@homepage/platform';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { deleteOldMessages, listMessages, storeMessage } from './messages.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';

let site: TestSite;
const cleanUp: (() => Promise<unknown> | void)[] = [];
beforeEach(async () => {
  site = await openTestSite();
  cleanUp.push(() => site.close());
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const message = {
  name: 'Ada Ünïcode',
  email: 'ada@example.dev',
  message: 'Hello,\nthis is a line.\n.\n— Ada',
};

function startOutbox(
  notifiers: Notifier[],
  options: Partial<OutboxOptions> = {},
): Outbox & { errors: string[] } {
  const errors: string[] = [];
  const outbox = new Outbox({
    db: site.db,
    notifiers,
    keepDays: 365,
    onError: (_error, what) => errors.push(what),
    retryAfterMs: () => 50,
    pollMs: 20,
    ...options,
  });
  outbox.start();
  cleanUp.push(() => outbox.stop());
  return Object.assign(outbox, { errors });
}

const store = (outbox: Outbox, changes: object = {}) =>
  storeMessage(site.db, { ...message, ...changes }, outbox.channels);

async function waiting(): Promise<{ channel: string; attempts: number; last_error: string | null }[]> {
  return site.db.selectFrom('contact_notices').select(['channel', 'attempts', 'last_error']).execute();
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 10));
}

const nothingWaits = async (): Promise<boolean> => (await waiting()).length === 0;

type Received = { headers: Record<string, unknown>; body: string };

/** @param status what it answers, asked for each request */
async function startWebhook(
  status: () => number,
  port = 0,
): Promise<{ port: number; received: Received[]; stop(): Promise<void> }> {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status()).end();
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  cleanUp.push(stop);
  return { port: (server.address() as AddressInfo).port, received, stop };
}

async function startMailServer(): Promise<{ port: number; mails: string[]; passwords: string[] }> {
  const mails: string[] = [];
  const passwords: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onAuth({ username, password }, _session, done) {
      passwords.push(`${username}:${password}`);
      done(null, { user: username });
    },
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (data: Buffer) => (text += data.toString()));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  cleanUp.push(() => new Promise<void>((done) => server.close(done)));
  return { port: (server.server.address() as AddressInfo).port, mails, passwords };
}

const notifiersOf = (settings: {
  smtpUrl?: string;
  contactTo?: string;
  contactWebhookUrl?: string;
}): Notifier[] =>
  openNotifiers(
    {
      smtpUrl: undefined,
      contactFrom: undefined,
      contactTo: undefined,
      contactWebhookUrl: undefined,
      ...settings,
    },
    { name: 'Test site', domain: 'site.test', email: 'owner@site.test' },
  );

test('a notice goes out by mail and by webhook, once each', async () => {
  const mail = await startMailServer();
  const webhook = await startWebhook(() => 204);
  const outbox = startOutbox(
    notifiersOf({
      smtpUrl: `smtp://me:secret@127.0.0.1:${mail.port}`,
      contactWebhookUrl: `http://127.0.0.1:${webhook.port}/hook?key=1`,
    }),
  );
  const stored = await store(outbox);
  outbox.wake();
  await until(nothingWaits);
  expect(mail.passwords).toEqual(['me:secret']);
  expect(mail.mails).toHaveLength(1);
  const [text = ''] = mail.mails;
  expect(text).toMatch(/^To: owner@site\.test\r$/m);
  expect(text).toMatch(/^Reply-To: .*<ada@example\.dev>\r$/m);
  expect(text).toContain(`<contact-${stored.id}@site.test>`);
  expect(text).toContain('this is a line.');
  expect(webhook.received.map(({ body }) => JSON.parse(body) as object)).toEqual([
    { type: 'contact.message', id: stored.id, receivedAt: stored.receivedAt.toISOString(), ...message },
  ]);
  expect(webhook.received[0]!.headers['idempotency-key']).toBe(`contact-${stored.id}`);
});

test('what cannot be sent is tried again until it is out; one channel does not hold up the other', async () => {
  const mail = await startMailServer();
  let healthy = false;
  const webhook = await startWebhook(() => (healthy ? 200 : 500));
  const outbox = startOutbox(
    notifiersOf({
      smtpUrl: `smtp://127.0.0.1:${mail.port}`,
      contactWebhookUrl: `http://127.0.0.1:${webhook.port}`,
    }),
  );
  await store(outbox);
  outbox.wake();
  await until(() => webhook.received.length >= 3);
  expect(mail.mails).toHaveLength(1);
  expect(await waiting()).toMatchObject([
    { channel: 'webhook', last_error: 'Error: the webhook answered 500' },
  ]);
  expect(outbox.errors[0]).toMatch(/by webhook was not sent; it is tried again/);
  healthy = true;
  await until(nothingWaits);
});

test('a notice outlives the process that could not send it', async () => {
  const { port, stop } = await startWebhook(() => 200);
  await stop();
  const notifiers = notifiersOf({ contactWebhookUrl: `http://127.0.0.1:${port}` });
  const first = startOutbox(notifiers);
  await store(first);
  first.wake();
  await until(() => first.errors.length > 0);
  await first.stop();
  const webhook = await startWebhook(() => 200, port);
  startOutbox(notifiers);
  await until(() => webhook.received.length === 1);
  await until(nothingWaits);
});

test('stopping breaks off a notice that hangs, and it goes out after the next start', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  cleanUp.push(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const outbox = startOutbox(notifiersOf({ contactWebhookUrl: `http://127.0.0.1:${port}` }));
  await store(outbox);
  outbox.wake();
  await once(silent, 'request');
  await outbox.stop();
  const due = await site.db
    .selectFrom('contact_notices')
    .select(sql<boolean>`due_at <= now()`.as('due'))
    .execute();
  expect(due).toEqual([{ due: true }]);
});

test('two processes do not send the same notice twice', async () => {
  const webhook = await startWebhook(() => 200);
  const notifiers = notifiersOf({ contactWebhookUrl: `http://127.0.0.1:${webhook.port}` });
  const [one, two] = [startOutbox(notifiers), startOutbox(notifiers)];
  for (let index = 0; index < 30; index++) await store(one, { name: `Ada ${index}` });
  one.wake();
  two.wake();
  await until(nothingWaits);
  const ids = webhook.received.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(ids).size).toBe(30);
  expect(ids).toHaveLength(30);
});

test('a message in the trap is stored, set apart, and nobody is told', async () => {
  const webhook = await startWebhook(() => 200);
  const outbox = startOutbox(notifiersOf({ contactWebhookUrl: `http://127.0.0.1:${webhook.port}` }));
  await store(outbox, { website: 'https://spam.example' });
  expect(await waiting()).toEqual([]);
  expect(await listMessages(site.db, { limit: 10, suspect: false })).toEqual([]);
  expect(await listMessages(site.db, { limit: 10, suspect: true })).toMatchObject([
    { name: message.name, suspect: true },
  ]);
});

test('old messages are deleted with what waits for them, newer ones stay', async () => {
  const webhook = notifiersOf({ contactWebhookUrl: 'http://127.0.0.1:9' });
  const outbox = new Outbox({ db: site.db, notifiers: webhook, keepDays: 30, onError: () => {} });
  for (const days of [29, 31, 400]) {
    const { id } = await store(outbox, { name: `${days} days` });
    await site.db
      .updateTable('contact_messages')
      .set({ received_at: sql`now() - make_interval(days => ${days})` })
      .where('id', '=', id)
      .execute();
  }
  expect(await deleteOldMessages(site.db, 30)).toBe(2);
  expect((await listMessages(site.db, { limit: 10, suspect: true })).map(({ name }) => name)).toEqual([
    '29 days',
  ]);
  expect(await waiting()).toHaveLength(1);
});

test('a started outbox deletes old messages by itself', async () => {
  const outbox = startOutbox([], { keepDays: 1 });
  await outbox.stop();
  const { id } = await store(outbox);
  await site.db
    .updateTable('contact_messages')
    .set({ received_at: sql`now() - interval '2 days'` })
    .where('id', '=', id)
    .execute();
  startOutbox([], { keepDays: 1 });
  await until(async () => (await listMessages(site.db, { limit: 1, suspect: true })).length === 0);
});

test('mail without a receiver is refused at start, by name', () => {
  const open = (): unknown =>
    openNotifiers(
      {
        smtpUrl: 'smtp://127.0.0.1',
        contactFrom: undefined,
        contactTo: undefined,
        contactWebhookUrl: undefined,
      },
      { name: 'Test site', domain: 'site.test', email: undefined },
    );
  expect(open).toThrow(expect.objectContaining({ code: 'CONTACT_TO_MISSING', field: 'CONTACT_TO' }));
});
