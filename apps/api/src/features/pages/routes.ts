import type { FastifyInstance } from 'fastify';
import { endpoints } from '@homepage/contract';
import { listPages } from '@homepage/site';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';
import { foundOrProblem } from '../../lookup.ts';
import { pageOf } from '../../page-of.ts';

export function pageRoutes(app: FastifyInstance, context: Context): void {
  readEndpoint(app, context, endpoints.listPages, async ({ query }) =>
    pageOf(await listPages(context.db), query),
  );
  readEndpoint(app, context, endpoints.getPage, async ({ params }) =>
    foundOrProblem(await context.data.page(params.slug)),
  );
}
