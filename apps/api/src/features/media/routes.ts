/** Pictures and files by the hash of their bytes: they never change, so browsers keep them for good. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findMedia, mediaKey } from '@homepage/site';
import type { Context } from '../../context.ts';
import { notFound, sendProblem } from '../../problems.ts';

const params = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), name: z.string().min(1).max(255) });

export function mediaRoutes(app: FastifyInstance, { db, storage }: Context): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/media/:hash/:name', { schema: { params } }, async (request, reply) => {
      const media = await findMedia(db, request.params.hash);
      const object = media && (await storage.get(mediaKey(media.hash)));
      if (!media || !object) return sendProblem(reply, notFound());
      return (
        reply
          .type(media.contentType)
          .header('content-length', object.bytes)
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('etag', `"${media.hash}"`)
          // A picture opened by itself may be an SVG: it gets no script, no network and no origin.
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
          .header('content-disposition', media.contentType.startsWith('image/') ? 'inline' : 'attachment')
          .send(object.body)
      );
    });
}
