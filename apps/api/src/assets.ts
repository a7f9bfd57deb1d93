/** Files of the web build, precompressed; names with a hash never change. A missing one is a plain 404. */
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { notFound, sendProblem } from './problems.ts';

export async function assetRoutes(app: FastifyInstance, webBuild: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(webBuild, 'client'),
    // One route a file: an address that is no file goes on to the pages.
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const immutable = path.includes('/_app/immutable/');
      reply.header(
        'cache-control',
        immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
      );
      reply.header('vary', 'accept-encoding');
    },
  });
  app.get('/_app/*', (_request, reply) => sendProblem(reply, notFound()));
}
