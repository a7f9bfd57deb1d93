import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { endpoints, type ApiPostSummary, type PostSummary } from '@homepage/contract';
import { selectPosts, summaries } from '@homepage/site';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';
import { foundOrProblem } from '../../lookup.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

export function postRoutes(app: FastifyInstance, context: Context): void {
  const { data, db } = context;

  readEndpoint(app, context, endpoints.listPosts, async ({ query: { limit, cursor } }) => {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await selectPosts(db)
      .$if(after !== undefined, (query) =>
        query.where(
          sql<boolean>`(entries.published_at, entries.slug) < (${after!.publishedAt}, ${after!.slug})`,
        ),
      )
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: (await summaries(db, page)).map(summary),
      nextCursor:
        rows.length > limit && last
          ? encodeCursor({ publishedAt: last.published_at!, slug: last.slug })
          : null,
    };
  });

  readEndpoint(app, context, endpoints.getPost, async ({ params }) => {
    const post = foundOrProblem(await data.post(params.slug));
    const { html, headings, readingMinutes, previous, next } = post;
    return { ...summary(post), html, headings, readingMinutes, previous, next };
  });
}

function summary({
  slug,
  title,
  description,
  publishedAt,
  updatedAt,
  tags,
  url,
}: PostSummary): ApiPostSummary {
  return { slug, title, description, publishedAt, updatedAt, tags: tags.map((tag) => tag.label), url };
}
