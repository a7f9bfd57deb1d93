import type { FastifyInstance } from 'fastify';
import { endpoints } from '@homepage/contract';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';

export function platformRoutes(app: FastifyInstance, context: Context): void {
  readEndpoint(app, context, endpoints.getPlatform, () => context.data.platform());
}
