/** What the API says of itself: /api/openapi.json for programs. */
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '@homepage/contract';
import type { Context } from '../../context.ts';
import { sendDocument } from '../../documents/send.ts';

export function descriptionRoutes(app: FastifyInstance, { config, origin, documents }: Context): void {
  const description = openApiDocument({ name: config.name, origin, features: config.features });
  const address = '/api/openapi.json';

  app.get(address, async (request, reply) =>
    sendDocument(request, reply, await documents.get(address, async () => JSON.stringify(description))),
  );
}
