import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { apiPage, apiPageList, slugParams } from '@homepage/contract';
import { listPages } from '@homepage/site';
import type { Context } from '../../context.ts';
import { foundOrProblem } from '../../lookup.ts';

export function pageRoutes(app: FastifyInstance, { data, db }: Context): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  api.get('/api/v1/pages', { schema: { response: { 200: apiPageList } } }, async () => ({
    items: await listPages(db),
    nextCursor: null,
  }));
  api.get(
    '/api/v1/pages/:slug',
    { schema: { params: slugParams, response: { 200: apiPage } } },
    async (request) => foundOrProblem(await data.page(request.params.slug)),
  );
}
