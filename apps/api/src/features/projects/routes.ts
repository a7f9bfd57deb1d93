import type { FastifyInstance } from 'fastify';
import { endpoints, type ApiProject, type ProjectSummary } from '@homepage/contract';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';
import { pageOf } from '../../page-of.ts';

export function projectRoutes(app: FastifyInstance, context: Context): void {
  readEndpoint(app, context, endpoints.listProjects, async ({ query }) => {
    const { items, nextCursor } = pageOf(await context.data.projects(), query);
    return { items: items.map(toApi), nextCursor };
  });
}

function toApi({ slug, title, description, url, links, tags }: ProjectSummary): ApiProject {
  return { slug, title, description, url, links, tags: tags.map((tag) => tag.label) };
}
