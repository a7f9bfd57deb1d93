/** Puts an endpoint of the contract into the application: checks come from its schemas, GET answers are kept. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Endpoint, EndpointInput } from '@homepage/contract';
import type { Context } from './context.ts';
import { sendDocument } from './documents/send.ts';
import { refuseOtherSites } from './same-site.ts';

/** @param read makes the answer; fields that the schema does not name do not leave the server */
export function readEndpoint<E extends Endpoint>(
  app: FastifyInstance,
  { documents, origin }: Pick<Context, 'documents' | 'origin'>,
  endpoint: E,
  read: (input: EndpointInput<E>) => Promise<z.input<E['answer']>>,
): void {
  const schema = {
    ...(endpoint.params && { params: endpoint.params }),
    querystring: endpoint.query ?? z.strictObject({}),
  };
  app.get(fastifyPath(endpoint.path), { schema }, async (request, reply) => {
    const make = async (): Promise<string> =>
      JSON.stringify(endpoint.answer.parse(await read(input(request))));
    const url = canonicalUrl(origin, endpoint.path, request);
    if (endpoint.live) return sendDocument(request, reply, await documents.live(url, make));
    // There is a cursor for every place in a list, and strangers can invent more.
    const keep = endpoint.unkept || url.searchParams.has('cursor') ? documents.unkept : documents.get;
    return sendDocument(request, reply, await keep.call(documents, url, make));
  });

  function input({ params, query, body }: FastifyRequest): EndpointInput<E> {
    return { params, query, body } as EndpointInput<E>;
  }
}

/**
 * An endpoint that changes something: its answer is kept by nobody, and pages of other sites may not send to it.
 * @param write has changed it for good when it returns
 */
export function writeEndpoint<E extends Endpoint>(
  app: FastifyInstance,
  { origin }: Pick<Context, 'origin'>,
  endpoint: E,
  write: (
    input: EndpointInput<E>,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<z.input<E['answer']>>,
): void {
  const schema = {
    ...(endpoint.params && { params: endpoint.params }),
    querystring: endpoint.query ?? z.strictObject({}),
    ...(endpoint.body && { body: endpoint.body }),
  };
  const options = {
    schema,
    ...(endpoint.maxBytes && { bodyLimit: endpoint.maxBytes }),
    onRequest: async (request: FastifyRequest) => refuseOtherSites(request, origin),
  };
  app.post(fastifyPath(endpoint.path), options, async (request, reply) => {
    const { params, query, body } = request;
    const answer = await write({ params, query, body } as EndpointInput<E>, request, reply);
    return reply
      .code(endpoint.status)
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(endpoint.answer.parse(answer)));
  });
}

export function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** One address for every way to write the same request, so that it is kept once. */
function canonicalUrl(origin: string, path: string, { params, query }: FastifyRequest): URL {
  const values = params as Record<string, string>;
  const url = new URL(
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name]!)),
    origin,
  );
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  url.searchParams.sort();
  return url;
}
