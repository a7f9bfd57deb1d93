import type { FastifyInstance } from 'fastify';
import { endpoints } from '@homepage/contract';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';

export function siteRoutes(app: FastifyInstance, context: Context): void {
  readEndpoint(app, context, endpoints.getSite, () => context.data.site());
}
