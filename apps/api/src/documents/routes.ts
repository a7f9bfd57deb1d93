/** Pages: everything that is neither /api, nor a file of the build, nor media. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { acceptedEncoding } from './encodings.ts';
import { plainErrorPage } from './plain-error.ts';

/** Query parameters that pages know. Others (campaign marks and the like) do not make another page. */
const KNOWN_PARAMETERS = new Set(['page', 'q', 'x-sveltekit-invalidated', 'x-sveltekit-trailing-slash']);
const MAX_ADDRESS = 2048;

export function documentRoutes(app: FastifyInstance, { documents, origin }: Context): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '*',
    handler: (request, reply) => answer(request, reply),
  });

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (request.url.length > MAX_ADDRESS) return reply.code(414).type('text/html').send(plainErrorPage(414));
    const url = pageUrl(request.url, origin);
    if (!url) return reply.code(400).type('text/html').send(plainErrorPage(400));
    const document = await documents.get(url);
    reply.code(document.status).headers(document.headers).header('vary', 'accept-encoding');
    if (document.status !== 200) {
      return sendBody(request, reply, document);
    }
    reply.header('etag', document.etag);
    if (matches(request.headers['if-none-match'], document.etag)) return reply.code(304).send();
    return sendBody(request, reply, document);
  }
}

async function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  document: Awaited<ReturnType<Context['documents']['get']>>,
): Promise<FastifyReply> {
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.send(await document.body(encoding));
}

/** The address a page is rendered for, without unknown parameters; undefined when it is no address. */
function pageUrl(requestUrl: string, origin: string): URL | undefined {
  // "//host/x" would otherwise be read as another origin.
  const target = requestUrl.startsWith('//') ? `/.${requestUrl}` : requestUrl;
  if (!URL.canParse(target, origin)) return undefined;
  const url = new URL(target, origin);
  for (const name of [...url.searchParams.keys()]) {
    if (!KNOWN_PARAMETERS.has(name)) url.searchParams.delete(name);
  }
  return url;
}

function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false;
  const bare = etag.replace(/^W\//, '');
  return header.split(',').some((value) => value.trim() === '*' || value.trim().replace(/^W\//, '') === bare);
}
