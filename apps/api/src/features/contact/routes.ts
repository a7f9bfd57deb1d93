/** Messages to the owner: as JSON from programs and from the page's script, as a form from browsers without it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints, type ContactMessage } from '@homepage/contract';
import { Problem } from '@homepage/platform';
import { storeMessage, type StoredMessage } from '@homepage/site';
import type { Context } from '../../context.ts';
import { writeEndpoint } from '../../endpoint.ts';
import { formRoute } from './form.ts';
import { ContactLimit } from './limit.ts';

export type Take = (
  message: ContactMessage,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<StoredMessage>;

export function contactRoutes(app: FastifyInstance, context: Context): void {
  const { db, cache, outbox } = context;
  const limit = new ContactLimit(cache);

  writeEndpoint(app, context, endpoints.sendMessage, async ({ body }, request, reply) => {
    const { receivedAt } = await take(body, request, reply);
    return { receivedAt: receivedAt.toISOString() };
  });
  formRoute(app, context, take);

  /** Stored first; notices go out later and cannot lose it. @throws Problem TOO_MANY_MESSAGES (429) */
  async function take(
    message: ContactMessage,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StoredMessage> {
    const wait = await limit.take(request.ip);
    if (wait !== undefined) {
      reply.header('retry-after', wait);
      throw new Problem('TOO_MANY_MESSAGES', 'More messages came than a person writes.', {
        status: 429,
        fix: `Send it again in ${Math.ceil(wait / 60)} minutes; it was not stored.`,
      });
    }
    const stored = await storeMessage(db, message, outbox.channels);
    outbox.wake();
    return stored;
  }
}
