import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { apiSite } from '@homepage/contract';
import type { Context } from '../../context.ts';

export function siteRoutes(app: FastifyInstance, { data }: Context): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/api/v1/site', { schema: { response: { 200: apiSite } } }, () => data.site());
}
