import type { FastifyReply, FastifyRequest } from 'fastify';
import { isCompressible, type Document } from './document.ts';
import { acceptedEncoding } from './encodings.ts';

/** Sends a document in the best encoding that is accepted, or 304 to who has it already. */
export async function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  document: Document,
): Promise<FastifyReply> {
  reply.code(document.status).headers(document.headers);
  addVary(reply, 'accept-encoding');
  if (document.status === 200) {
    reply.header('etag', document.etag);
    if (hasAlready(request, document.etag)) return reply.code(304).send();
  }
  const encoding = isCompressible(document)
    ? acceptedEncoding(request.headers['accept-encoding'])
    : 'identity';
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  const body = await document.body(encoding);
  // A redirect has no body, so no type either.
  return body.length > 0 ? reply.send(body) : reply.send();
}

/** Other parts of the application may have named their own headers already. */
export function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader('vary');
  reply.header('vary', known ? `${String(known)}, ${name}` : name);
}

/** RFC 9110, 13.1.2: compared weakly. */
export function hasAlready(request: FastifyRequest, etag: string): boolean {
  const header = request.headers['if-none-match'];
  if (!header) return false;
  const bare = etag.replace(/^W\//, '');
  return header.split(',').some((value) => value.trim() === '*' || value.trim().replace(/^W\//, '') === bare);
}
