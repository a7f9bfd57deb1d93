import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { webhookNotifier } from './webhook.ts';

const notice = { id: 7, receivedAt: new Date(0), name: 'Ada', email: null, message: 'Hello' };

test('user and password of the address sign in, and are in no error', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(seen.length === 1 ? 204 : 401).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { send } = webhookNotifier(`http://me:SECRET%2Fé@127.0.0.1:${port}/hook`);
  const { signal } = new AbortController();
  await send(notice, signal);
  expect(seen[0]!.authorization).toBe(`Basic ${Buffer.from('me:SECRET/é').toString('base64')}`);
  await expect(send(notice, signal)).rejects.toThrow('the webhook answered 401');
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  const error = await send(notice, signal).catch((cause: unknown) => cause);
  expect(JSON.stringify([String(error), String((error as Error).cause)])).not.toContain('SECRET');
});

test('without them nothing signs in', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.headers.authorization === undefined ? 204 : 400).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await webhookNotifier(`http://127.0.0.1:${port}/`).send(notice, new AbortController().signal);
  server.closeAllConnections();
  server.close();
});
