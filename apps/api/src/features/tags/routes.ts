import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { apiTagList } from '@homepage/contract';
import type { Context } from '../../context.ts';

export function tagRoutes(app: FastifyInstance, { data }: Context): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/api/v1/tags', { schema: { response: { 200: apiTagList } } }, async () => ({
      items: await data.tags(),
      nextCursor: null,
    }));
}
