/** Pictures and files by the hash of their bytes: they never change, so browsers keep them for good. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { StoredObject } from '@homepage/platform';
import { findMedia, mediaKey, mediaUrl, variantWidths, type Format } from '@homepage/site';
import type { Context } from '../../context.ts';
import { hasAlready } from '../../documents/send.ts';
import { overloaded } from '../../load.ts';
import { details, notFound, sendProblem } from '../../problems.ts';
import { readRange } from './range.ts';
import { Variants } from './variants.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const original = z.object({ hash, name: z.string().min(1).max(255) });
const variant = original.extend({
  width: z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .transform(Number),
  name: z
    .string()
    .max(255)
    .regex(/\.(avif|webp)$/),
});

/** Files on their way: each holds a connection of the storage and a megabyte, and who reads slowly holds them for long. */
export const MOST_FILES_AT_ONCE = 40;

export function mediaRoutes(app: FastifyInstance, { db, storage, cache }: Context): void {
  const variants = new Variants(storage, cache);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  let onTheirWay = 0;

  /** @throws Problem OVERLOADED (503) */
  function takePlace(reply: FastifyReply): void {
    // Who left while the database was asked does not say so again.
    if (reply.raw.destroyed) return;
    if (onTheirWay >= MOST_FILES_AT_ONCE) throw overloaded();
    onTheirWay++;
    reply.raw.once('close', () => onTheirWay--);
  }

  typed.get('/media/:hash/:name', { schema: { params: original } }, async (request, reply) => {
    const media = await findMedia(db, request.params.hash);
    if (!media) return sendProblem(reply, notFound());
    const etag = `"${media.hash}"`;
    if (hasAlready(request, etag)) return lasting(reply, etag).code(304).send();
    // A film is read in parts. Another version of it would have another address, so If-Range asks for nothing more.
    const range = readRange(request.headers.range, media.bytes);
    if (range === null) {
      reply.header('content-range', `bytes */${media.bytes}`);
      return sendProblem(reply, details(416, 'RANGE_OUTSIDE', `Ask for bytes below ${media.bytes}.`));
    }
    takePlace(reply);
    const object = await storage.get(mediaKey(media.hash), range);
    if (!object) return sendProblem(reply, notFound());
    lasting(reply, etag).header('accept-ranges', 'bytes');
    if (!range) return sendObject(reply, object, media.contentType);
    reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${media.bytes}`);
    return sendObject(reply, { ...object, bytes: range.last - range.first + 1 }, media.contentType);
  });

  typed.get('/media/:hash/:width/:name', { schema: { params: variant } }, async (request, reply) => {
    const { hash, width, name } = request.params;
    const media = await findMedia(db, hash);
    // Only copies that pages name: strangers cannot ask for more.
    if (!media || !variantWidths(media).includes(width)) return sendProblem(reply, notFound());
    const format = name.slice(-4) as Format;
    const etag = `"${hash}-${width}-${format}"`;
    if (hasAlready(request, etag)) return lasting(reply, etag).code(304).send();
    takePlace(reply);
    const object = await variants.get(media, width, format).catch((error: unknown) => {
      request.log.warn({ err: error, media: hash }, 'a smaller copy could not be made');
      return undefined;
    });
    if (object) return sendObject(lasting(reply, etag), object, `image/${format}`);
    return reply.header('cache-control', 'no-store').redirect(mediaUrl(hash, name.slice(0, -5)), 307);
  });
}

const lasting = (reply: FastifyReply, etag: string): FastifyReply =>
  reply.header('etag', etag).header('cache-control', 'public, max-age=31536000, immutable');

function sendObject(reply: FastifyReply, object: StoredObject, type: string): FastifyReply {
  return (
    reply
      .type(type)
      .header('content-length', object.bytes)
      // A picture opened by itself may be an SVG: it gets no script, no network and no origin.
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .header('content-disposition', type.startsWith('image/') ? 'inline' : 'attachment')
      .send(object.body)
  );
}
