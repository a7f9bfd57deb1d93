/** Requests by method, route and status. Labels are bounded: a stranger's path never becomes one. */
import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    // Kept pages take well below a millisecond, made ones some tens.
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        method: METHODS.has(request.method) ? request.method : 'other',
        route: routeOf(request.routeOptions.url),
        status: `${Math.floor(reply.statusCode / 100)}xx`,
      },
      reply.elapsedTime / 1000,
    );
  });
}

/** As it is written in the table of routes, such as "/api/v1/posts/:slug"; files of the build have one each, so one name. */
function routeOf(url: string | undefined): string {
  if (url === undefined) return 'none';
  return url.startsWith('/_app/') ? '/_app/*' : url;
}
