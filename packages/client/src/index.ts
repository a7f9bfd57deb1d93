/**
 * The API as functions: one for each endpoint of the contract, with its types. No generated code, no own words.
 *
 *     const site = homepageClient('https://example.dev');
 *     const { items } = await site.listPosts({ limit: 5 });
 *     for await (const tag of everyItem(site.listTags)) console.log(tag.label, tag.count);
 */
import type { z } from 'zod';
import {
  endpoints,
  problemDetails,
  type Endpoint,
  type EndpointAnswer,
  type Endpoints,
  type ProblemDetails,
} from '@homepage/contract';

/** Parameters of the address, of the query and fields of the body, together: their names never meet. */
type Fields<E extends Endpoint> = PathFields<E> & QueryFields<E['query']> & BodyFields<E['body']>;
type PathFields<E extends Endpoint> = E['params'] extends z.ZodType ? z.output<E['params']> : unknown;
type BodyFields<S> = S extends z.ZodType ? z.input<S> : unknown;
/** A query is text on the wire; a caller gives the values that it stands for, and leaves out what has a default. */
type QueryFields<S> = S extends z.ZodObject
  ? { [K in Needed<S>]: z.output<S>[K] } & { [K in Exclude<keyof z.output<S>, Needed<S>>]?: z.output<S>[K] }
  : unknown;
type Needed<S extends z.ZodType> = {
  [K in keyof z.input<S>]-?: undefined extends z.input<S>[K] ? never : K;
}[keyof z.input<S>] &
  keyof z.output<S>;

type Call<E extends Endpoint> =
  Partial<Fields<E>> extends Fields<E>
    ? (fields?: Fields<E>) => Promise<EndpointAnswer<E>>
    : (fields: Fields<E>) => Promise<EndpointAnswer<E>>;

export type HomepageClient = { [Name in keyof Endpoints]: Call<Endpoints[Name]> };

/** An answer that is no success: `code` stays the same, `fix` says what to do, `field` what was wrong. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string;
  readonly field: string | undefined;

  constructor(problem: ProblemDetails) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.fix = problem.fix;
    this.field = problem.field;
  }
}

/**
 * @param origin of the site, such as https://example.dev
 * @param options.fetch another fetch, for example one with a time limit
 */
export function homepageClient(
  origin: string,
  { fetch = globalThis.fetch }: { fetch?: typeof globalThis.fetch } = {},
): HomepageClient {
  const calls = Object.entries<Endpoint>(endpoints).map(([name, endpoint]) => [
    name,
    (fields: Record<string, unknown> = {}) => call(fetch, origin, endpoint, fields),
  ]);
  return Object.fromEntries(calls) as HomepageClient;
}

/** @throws ApiProblem, and what fetch throws when the site cannot be reached */
async function call(
  fetch: typeof globalThis.fetch,
  origin: string,
  endpoint: Endpoint,
  fields: Record<string, unknown>,
): Promise<unknown> {
  const rest = { ...fields };
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  const url = new URL(path, origin);
  if (!endpoint.body) {
    for (const [name, value] of Object.entries(rest))
      if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const response = await fetch(url, {
    method: endpoint.method,
    headers: { accept: 'application/json', ...(endpoint.body && { 'content-type': 'application/json' }) },
    ...(endpoint.body && { body: JSON.stringify(rest) }),
  });
  if (response.ok) return response.json();
  throw new ApiProblem(await readProblem(response));
}

/** Something between us and the site may answer without a word that we know. */
async function readProblem(response: Response): Promise<ProblemDetails> {
  const problem = problemDetails.safeParse(await response.json().catch(() => undefined));
  if (problem.success) return problem.data;
  const { status, statusText } = response;
  return {
    type: 'about:blank',
    title: statusText || `Status ${status}`,
    status,
    code: 'UNKNOWN',
    fix: 'Try again later.',
  };
}

/** Every item of a list, page by page as they are needed. */
export async function* everyItem<Item>(
  list: (fields: {
    cursor?: string | undefined;
    limit?: number;
  }) => Promise<{ items: Item[]; nextCursor: string | null }>,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 100, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
