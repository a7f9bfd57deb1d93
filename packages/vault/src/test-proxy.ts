/** Stands before a real Vault and answers some requests itself, as a proxy, a limit or a failing disk would. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Bundle } from '@homepage/testkit/services';

export type Fault = { status: number; body?: string; headers?: Record<string, string> } | 'cut';

export type FaultyProxy = {
  address: string;
  /** how many requests came */
  count(): number;
  close(): Promise<void>;
};

/** @param fault asked for each request, counted from 1; undefined: Vault itself answers */
export async function startFaultyProxy(
  target: { address: string; ca: string },
  bundle: Bundle,
  fault: (number: number, what: string) => Fault | undefined,
): Promise<FaultyProxy> {
  let count = 0;
  const server = createServer({ cert: bundle['tls.crt'], key: bundle['tls.key'] }, (asked, answer) => {
    count++;
    const wrong = fault(count, `${asked.method} ${asked.url}`);
    if (wrong === 'cut') return void asked.socket.destroy();
    if (wrong)
      return void answer
        .writeHead(wrong.status, wrong.headers)
        .end(wrong.body ?? '{"errors":["on purpose"]}');
    const { host: _host, ...headers } = asked.headers;
    const sent = request(
      `${target.address}${asked.url}`,
      { method: asked.method, headers, ca: target.ca, agent: false },
      (received) => {
        answer.writeHead(received.statusCode!, received.headers);
        received.pipe(answer);
      },
    );
    sent.on('error', () => answer.destroy());
    asked.pipe(sent);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
