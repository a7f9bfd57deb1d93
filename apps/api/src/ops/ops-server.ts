/** Health and metrics for the operator, on a port of their own that no visitor reaches. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { collectDefaultMetrics, Registry } from 'prom-client';

export type OpsServer = { port: number; close(): Promise<void> };

export type OpsOptions = {
  host: string;
  port: number;
  /** resolves when requests can be served, throws the reason when not */
  ready: () => Promise<void>;
};

/** Listens on the port, or on the next free one up to 20 further, when it is taken. */
export async function startOpsServer({ host, port, ready }: OpsOptions): Promise<OpsServer> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(([status, type, body]) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    });
  });
  const bound = await listen(server, host, port);
  return {
    port: bound,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(path: string): Promise<[status: number, type: string, body: string]> {
    if (path === '/livez') return [200, 'text/plain', 'ok\n'];
    if (path === '/metrics') return [200, registry.contentType, await registry.metrics()];
    if (path !== '/readyz') return [404, 'text/plain', 'Try /livez, /readyz or /metrics.\n'];
    try {
      await ready();
      return [200, 'text/plain', 'ready\n'];
    } catch (error) {
      return [503, 'text/plain', `not ready: ${(error as Error).message}\n`];
    }
  }
}

async function listen(server: Server, host: string, first: number): Promise<number> {
  for (let port = first; ; port++) {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || port === first + 20) throw error;
    }
  }
}
