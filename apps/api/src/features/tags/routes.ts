import type { FastifyInstance } from 'fastify';
import { endpoints } from '@homepage/contract';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';
import { pageOf } from '../../page-of.ts';

export function tagRoutes(app: FastifyInstance, context: Context): void {
  readEndpoint(app, context, endpoints.listTags, async ({ query }) =>
    pageOf(await context.data.tags(), query),
  );
}
