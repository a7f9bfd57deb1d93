/** What holds for every address under /api: OPTIONS, who may read from other sites (CORS), and readable queries. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@homepage/platform';
import type { SiteConfig } from '@homepage/platform/config';
import { addVary } from './documents/send.ts';
import { notFound, sendProblem } from './problems.ts';

export function apiRules(
  app: FastifyInstance,
  { readableFrom }: SiteConfig['api'],
  allowedMethods: (path: string) => string[],
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    allowReading(request, reply);
    refuseBrokenQuery(request.url);
  });

  app.options('/api/*', (request, reply) => {
    const allowed = allowedMethods(request.url.split('?', 1)[0]!);
    if (allowed.length === 0) return sendProblem(reply, notFound());
    return reply.code(204).header('allow', allowed.join(', ')).send();
  });

  /** Other sites may read, when the configuration names them; they may never write. */
  function allowReading(request: FastifyRequest, reply: FastifyReply): void {
    if (readableFrom.length === 0) return;
    const everyone = readableFrom.includes('*');
    if (!everyone) addVary(reply, 'origin');
    const { origin, 'access-control-request-method': wanted } = request.headers;
    const reading = /^(GET|HEAD)$/.test(request.method === 'OPTIONS' ? (wanted ?? '') : request.method);
    if (!reading || origin === undefined || !(everyone || readableFrom.includes(origin))) return;
    reply.header('access-control-allow-origin', everyone ? '*' : origin);
    reply.header('access-control-expose-headers', 'etag');
    if (request.method !== 'OPTIONS') return;
    reply.header('access-control-allow-methods', 'GET, HEAD');
    reply.header('access-control-allow-headers', 'if-none-match');
    reply.header('access-control-max-age', '86400');
  }
}

/** Fastify keeps a broken percent sign as text; here it is a mistake with a name. @throws Problem INVALID_REQUEST */
function refuseBrokenQuery(url: string): void {
  const question = url.indexOf('?');
  if (question < 0 || !url.includes('%', question)) return;
  for (const pair of url.slice(question + 1).split('&')) {
    if (isReadable(pair)) continue;
    const name = pair.split('=', 1)[0]!;
    const field = `querystring.${isReadable(name) ? decodeURIComponent(name) : name}`.slice(0, 120);
    throw new Problem('INVALID_REQUEST', `${field} cannot be read.`, {
      status: 400,
      field,
      fix: 'Write a percent sign as %25, other characters as their UTF-8 bytes, and no NUL.',
    });
  }
}

function isReadable(text: string): boolean {
  try {
    return !decodeURIComponent(text).includes('\0');
  } catch {
    return false;
  }
}
