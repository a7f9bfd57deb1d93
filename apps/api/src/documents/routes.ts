/** Pages: everything that is neither /api, nor a file of the build, nor media. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { plainErrorPage } from './plain-error.ts';
import { sendDocument } from './send.ts';

/** Query parameters that pages know. Others (campaign marks and the like) do not make another page. */
const KNOWN_PARAMETERS = new Set(['x-sveltekit-invalidated', 'x-sveltekit-trailing-slash']);
/** Pages that show the present moment, and their data for client navigation. */
const LIVE = /^\/platform(\/__data\.json)?$/;
/** What is a page although it stands below /api, where nothing else is. */
export const PAGES_BELOW_API = ['/api/docs', '/api/docs/__data.json'];
const MAX_ADDRESS = 2048;

/** @param addresses routes that are answered with documents: all pages, or in development those that Vite does not know */
export function documentRoutes(
  app: FastifyInstance,
  { documents, origin }: Context,
  addresses: string[],
): void {
  for (const url of addresses) {
    app.route({ method: ['GET', 'HEAD'], url, handler: (request, reply) => answer(request, reply) });
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (request.url.length > MAX_ADDRESS)
      return reply.code(414).type('text/html; charset=utf-8').send(plainErrorPage(414));
    const url = pageUrl(request.url, origin);
    if (!url) return reply.code(400).type('text/html; charset=utf-8').send(plainErrorPage(400));
    const document = LIVE.test(url.pathname) ? await documents.live(url) : await documents.get(url);
    if (document.status !== 308) return sendDocument(request, reply, document);
    const location = withQuery(document.headers['location']!, request.url);
    return sendDocument(request, reply, { ...document, headers: { ...document.headers, location } });
  }
}

/** Whoever follows an old link keeps its query (a campaign, a search) unless the new address has one. */
function withQuery(location: string, requestUrl: string): string {
  const question = requestUrl.indexOf('?');
  return question < 0 || /[?#]/.test(location) ? location : location + requestUrl.slice(question);
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
