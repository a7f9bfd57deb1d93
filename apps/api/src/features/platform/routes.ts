import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { platformStatus } from '@homepage/contract';
import type { Context } from '../../context.ts';

export function platformRoutes(app: FastifyInstance, { data }: Context): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/api/v1/platform', { schema: { response: { 200: platformStatus } } }, (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return data.platform();
    });
}
