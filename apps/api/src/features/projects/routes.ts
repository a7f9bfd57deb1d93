import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { apiProjectList, type ApiProject, type ProjectSummary } from '@homepage/contract';
import type { Context } from '../../context.ts';

export function projectRoutes(app: FastifyInstance, { data }: Context): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/api/v1/projects', { schema: { response: { 200: apiProjectList } } }, async () => ({
      items: (await data.projects()).map(toApi),
      nextCursor: null,
    }));
}

function toApi({ slug, title, description, url, links, tags }: ProjectSummary): ApiProject {
  return { slug, title, description, url, links, tags: tags.map((tag) => tag.label) };
}
