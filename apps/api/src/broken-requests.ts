import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Problem } from '@homepage/platform';
import { securityHeaders } from './security-headers.ts';

/** Answers what Node's parser refuses (broken syntax, headers too large), before any route exists. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({
    type: 'about:blank',
    title: 'The request is not valid',
    status: Number(status.slice(0, 3)),
    code: 'BROKEN_REQUEST',
    fix: 'Send valid HTTP/1.1 with headers below 16 kB.',
  });
  const headers = {
    ...securityHeaders({ https: false }),
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** A few bytes could become a thousand times as many. @throws Problem BODY_COMPRESSED (415) */
export function refuseCompressedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }, reply) => {
    const encoding = headers['content-encoding'];
    if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
    reply.header('accept-encoding', 'identity');
    throw new Problem('BODY_COMPRESSED', 'The body is compressed.', {
      status: 415,
      field: 'headers.content-encoding',
      fix: 'Send it as it is, without Content-Encoding.',
    });
  });
}
