/** Pages: everything that is neither /api, nor a file of the build, nor media. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Document } from './document.ts';
import { plainErrorPage } from './plain-error.ts';
import { sendDocument } from './send.ts';

/** An address that has one spelling only: that of nearly every page. */
const PLAIN = /^(?:\/[a-z0-9-]+)+$|^\/$/;
/** The data of a page, for client navigation. */
const DATA = /\/__data\.json$/;
/** What may follow data in the address. Pages take no parameter: a campaign mark does not make another page. */
const DATA_PARAMETERS: Record<string, RegExp> = {
  // one digit for each layout and page
  'x-sveltekit-invalidated': /^[01]{1,4}$/,
  'x-sveltekit-trailing-slash': /^1$/,
};
/** Pages that show the present moment, and their data for client navigation. */
const LIVE = /^\/platform(\/__data\.json)?$/;
/** Drafts: whoever has the address may read them, so it stays with those who were given it. Kept nowhere, named nowhere. */
const PREVIEW = /^\/preview\/./;
/** The path as logs may have it. */
export const withoutToken = (path: string): string => (PREVIEW.test(path) ? '/preview/-' : path);
/** There is an answer for everything that can be typed. */
const SEARCH = /^\/search(\/__data\.json)?$/;
const SEARCH_PARAMETERS: Record<string, RegExp> = { q: /^[^]+$/, page: /^[1-9]\d{0,3}$/ };
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

  async function find(address: string): Promise<Document> {
    const [path = ''] = address.split('?', 1);
    if (PREVIEW.test(path)) return toNobodyElse(await documents.live(address));
    if (LIVE.test(path)) return documents.live(address);
    return SEARCH.test(path) ? documents.unkept(address) : documents.get(address);
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (request.url.length > MAX_ADDRESS)
      return reply.code(414).type('text/html; charset=utf-8').send(plainErrorPage(414));
    const address = canonicalAddress(request.url, origin);
    if (address === undefined)
      return reply.code(400).type('text/html; charset=utf-8').send(plainErrorPage(400));
    const document = await find(address);
    if (document.status !== 308) return sendDocument(request, reply, document);
    const location = withQuery(document.headers['location']!, request.url);
    return sendDocument(request, reply, { ...document, headers: { ...document.headers, location } });
  }
}

/** The address goes into no other site's logs, and into no search engine. */
function toNobodyElse(document: Document): Document {
  const headers = { ...document.headers, 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' };
  return { ...document, headers };
}

/** Whoever follows an old link keeps its query (a campaign, a search) unless the new address has one. */
function withQuery(location: string, requestUrl: string): string {
  const question = requestUrl.indexOf('?');
  return question < 0 || /[?#]/.test(location) ? location : location + requestUrl.slice(question);
}

/**
 * The address a page is rendered for and kept under: one for every way to write it, so that strangers cannot fill
 * the cache with copies of one page. Undefined when no page can have it.
 */
function canonicalAddress(requestUrl: string, origin: string): string | undefined {
  if (PLAIN.test(requestUrl)) return requestUrl;
  const question = requestUrl.indexOf('?');
  const path = canonicalPath(question < 0 ? requestUrl : requestUrl.slice(0, question));
  if (path === undefined) return undefined;
  // Set part by part: "//host/x" and "/\\host" would otherwise be read as another origin.
  const url = new URL(origin);
  url.pathname = path;
  const known = {
    ...(DATA.test(path) && DATA_PARAMETERS),
    ...(SEARCH.test(path) && SEARCH_PARAMETERS),
  };
  const given = new URLSearchParams(question < 0 ? '' : requestUrl.slice(question));
  for (const [name, form] of Object.entries(known)) {
    const value = given.get(name);
    if (value !== null && form.test(value)) url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}

/** Undefined for bytes that are no UTF-8 and for control characters: PostgreSQL stores no NUL, no slug another. */
function canonicalPath(path: string): string | undefined {
  try {
    const parts = path.split('/').map((part) => decodeURIComponent(part).normalize('NFC'));
    if (parts.some((part) => /\p{Cc}/u.test(part))) return undefined;
    return parts.map((part) => encodeURIComponent(part)).join('/');
  } catch {
    return undefined;
  }
}
