/** Health and metrics for the operator, on a port of their own that no visitor reaches. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { explainListenError } from '../listen.ts';
import { Problem } from '../problem.ts';

type Answer = [status: number, type: string, body: string];

export type OpsServer = { port: number; close(): Promise<void> };

export type OpsOptions = {
  host: string;
  port: number;
  /** take the next free port, up to 20 further, when this one is in use */
  orNextFree: boolean;
  /** throws the reason when visitors should go elsewhere */
  ready: () => void;
  registry: Registry;
};

/** @throws Problem OPS_PORT_TAKEN, PORT_DENIED, HOST_UNKNOWN */
export async function startOpsServer(options: OpsOptions): Promise<OpsServer> {
  const { host, port, orNextFree, ready, registry } = options;
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    void answer(request.url ?? '/')
      .catch((error: Error): Answer => [500, 'text/plain', `${error.message}\n`])
      .then(([status, type, body]) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      });
  });
  const bound = await listen(server, host, port, orNextFree ? port + 20 : port);
  return {
    port: bound,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(path: string): Promise<Answer> {
    if (path === '/livez') return [200, 'text/plain', 'ok\n'];
    if (path === '/metrics') return [200, registry.contentType, await registry.metrics()];
    if (path !== '/readyz') return [404, 'text/plain', 'Try /livez, /readyz or /metrics.\n'];
    try {
      ready();
      return [200, 'text/plain', 'ready\n'];
    } catch (error) {
      const { message } = error as Error;
      return [
        503,
        'text/plain',
        `not ready: ${message}\n${error instanceof Problem ? `${error.fix}\n` : ''}`,
      ];
    }
  }
}

async function listen(server: Server, host: string, first: number, last: number): Promise<number> {
  for (let port = first; ; port++) {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && port < last) continue;
      const fields = { host: 'OPS_HOST', port: 'OPS_PORT' };
      throw explainListenError(error, { host, port, fields, purpose: ', for health and metrics,' }) ?? error;
    }
  }
}
