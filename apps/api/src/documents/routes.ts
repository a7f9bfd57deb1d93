/** Pages: everything that is neither /api, nor a file of the build, nor media. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { acceptedEncoding } from './encodings.ts';
import { plainErrorPage } from './plain-error.ts';

/** Query parameters that pages know. Others (campaign marks and the like) do not make another page. */
const KNOWN_PARAMETERS = new Set(['x-sveltekit-invalidated', 'x-sveltekit-trailing-slash']);
/** Pages that show the present moment, and their data for client navigation. */
const LIVE = /^\/platform(\/__data\.json)?$/;
const MAX_ADDRESS = 2048;

export function documentRoutes(app: FastifyInstance, { documents, origin }: Context): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '*',
    handler: (request, reply) => answer(request, reply),
  });

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (request.url.length > MAX_ADDRESS)
      return reply.code(414).type('text/html; charset=utf-8').send(plainErrorPage(414));
    const url = pageUrl(request.url, origin);
    if (!url) return reply.code(400).type('text/html; charset=utf-8').send(plainErrorPage(400));
    const document = LIVE.test(url.pathname) ? await documents.live(url) : await documents.get(url);
    reply.code(document.status).headers(document.headers).header('vary', 'accept-encoding');
    if (document.status === 308)
      reply.header('location', withQuery(document.headers['location']!, request.url));
    if (document.status !== 200) {
      return sendBody(request, reply, document);
    }
    reply.header('etag', document.etag);
    if (matches(request.headers['if-none-match'], document.etag)) return reply.code(304).send();
    return sendBody(request, reply, document);
  }
}

/** Whoever follows an old link keeps its query (a campaign, a search) unless the new address has one. */
function withQuery(location: string, requestUrl: string): string {
  const question = requestUrl.indexOf('?');
  return question < 0 || /[?#]/.test(location) ? location : location + requestUrl.slice(question);
}

async function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  document: Awaited<ReturnType<Context['documents']['get']>>,
): Promise<FastifyReply> {
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  const body = await document.body(encoding);
  // A redirect has no body, so no type either.
  return body.length > 0 ? reply.send(body) : reply.send();
}

/** The address a page is rendered for, without unknown parameters; undefined when no page can have it. */
function pageUrl(requestUrl: string, origin: string): URL | undefined {
  const question = requestUrl.indexOf('?');
  const path = question < 0 ? requestUrl : requestUrl.slice(0, question);
  if (hasControlCharacter(path)) return undefined;
  // Set part by part: "//host/x" and "/\\host" would otherwise be read as another origin.
  const url = new URL(origin);
  url.pathname = path;
  if (question >= 0) url.search = requestUrl.slice(question);
  for (const name of [...url.searchParams.keys()]) {
    if (!KNOWN_PARAMETERS.has(name)) url.searchParams.delete(name);
  }
  return url;
}

/** PostgreSQL stores no NUL, and no slug has any other of them. */
function hasControlCharacter(path: string): boolean {
  try {
    return /\p{Cc}/u.test(decodeURIComponent(path));
  } catch {
    return true;
  }
}

function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false;
  const bare = etag.replace(/^W\//, '');
  return header.split(',').some((value) => value.trim() === '*' || value.trim().replace(/^W\//, '') === bare);
}
