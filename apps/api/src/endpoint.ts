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
  { documents }: Pick<Context, 'documents'>,
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
    const address = canonicalAddress(endpoint.path, request);
    if (endpoint.live) return sendDocument(request, reply, await documents.live(address, make));
    // There is a cursor for every place in a list, and strangers can invent more.
    const isKept = !endpoint.unkept && !(request.query as { cursor?: string }).cursor;
    const document = isKept ? await documents.get(address, make) : await documents.unkept(address, make);
    return sendDocument(request, reply, document);
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
function canonicalAddress(path: string, { params, query }: FastifyRequest): string {
  const values = params as Record<string, string>;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name]!));
  const pairs = Object.entries(query as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? filled : `${filled}?${pairs.sort().join('&')}`;
}
