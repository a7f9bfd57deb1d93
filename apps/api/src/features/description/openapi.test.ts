/** The description is true: it lists what there is, is valid, and answers are as it says, whatever is sent. */
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { openApiDocument, type OpenApiDocument, type Parameter } from '@homepage/contract';
import { removeEntry } from '@homepage/site';
import { openTestApp, type TestApp } from '../../test-app.ts';
import { answerChecker, operationsOf, type DocumentedOperation } from '../../test-openapi.ts';

const document = openApiDocument({
  name: 'Test site',
  origin: 'http://site.test',
  features: { contact: true },
});
const operations = operationsOf(document);
const check = answerChecker(document);

let api: TestApp;
beforeAll(async () => {
  api = await openTestApp({ pages: false });
  for (let index = 0; index < 5; index++) await api.post(`post-${index}`, { tags: ['one', `tag-${index}`] });
  for (const kind of ['page', 'project'] as const) await api.post(`a-${kind}`, { kind });
  await api.post('removed');
  await removeEntry(api.site.db, 'post', 'removed', 'It was wrong.');
  api.documents.invalidate();
});
afterAll(() => api.close());

test('what is served is what the contract says', async () => {
  const response = await api.app.inject('/api/openapi.json');
  expect(response.headers['content-type']).toMatch(/^application\/json/);
  expect(response.json<OpenApiDocument>()).toEqual(document);
});

test('it is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(document) as never);
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('it lists every route under /api/v1, and nothing else', () => {
  const documented = operations.map(({ method, path }) => `${method} ${path}`).toSorted();
  expect(routesOf(api).toSorted()).toEqual(documented);
});

/** Fastify prints its routes as a tree: each line has its part of the path and the methods. */
function routesOf({ app }: TestApp): string[] {
  const parts: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] =
        /^((?:[│ ] {3})*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4;
      parts.splice(depth, Infinity, part);
      const path = parts.join('').replaceAll(/:(\w+)/g, '{$1}');
      if (!path.startsWith('/api/v1/')) return [];
      return methods
        .split(', ')
        .filter((method) => !['HEAD', 'OPTIONS', ''].includes(method))
        .map((method) => `${method} ${path}`);
    });
}

describe.each(operations.map((one) => ({ ...one, name: `${one.method} ${one.path}` })))('$name', (one) => {
  test('answers anything with what is documented, and never with a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(requestFor(one), async (request) => {
        const response = await api.app.inject({
          ...request,
          method: one.method,
          // Each from somewhere else: limits for one address must not hide what comes after them.
          remoteAddress: `10.${Math.floor(Math.random() * 2 ** 24) % 250}.${Math.floor(Math.random() * 250)}.1`,
        });
        expect(check(one.operation, response)).toBeUndefined();
      }),
      sameEachTime(60),
    );
  });
});

type Sent = { url: string; headers: Record<string, string>; payload?: string };

/** Requests for one operation: some right, most wrong in a way or two. */
function requestFor({ path, operation, method }: DocumentedOperation): fc.Arbitrary<Sent> {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const address = fc
    .tuple(...inPath.map(valueOf))
    .map((values) =>
      inPath.reduce((text, { name }, index) => text.replace(`{${name}}`, values[index]!), path),
    );
  const known = fc.tuple(...inQuery.map((parameter) => fc.option(valueOf(parameter))));
  const query = fc.tuple(known, fc.option(pair, { freq: 4 })).map(([values, extra]) => {
    const pairs = inQuery.flatMap(({ name }, index) =>
      values[index] === null ? [] : [`${name}=${values[index]}`],
    );
    return [...pairs, ...(extra === null ? [] : [extra])].join('&');
  });
  const body =
    method === 'POST' ? bodyOf(operation.requestBody?.content['application/json']?.schema ?? {}) : noBody;
  return fc.tuple(address, query, body).map(([url, search, sent]) => ({
    url: search ? `${url}?${search}` : url,
    ...sent,
  }));
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map(encodeSafely),
  fc.constantFrom(
    '%',
    '%ff',
    '%00',
    '%C0%80',
    '%E2%82',
    '..',
    '..%2f..',
    '%0d%0aX: y',
    'null',
    '[]',
    '-1',
    '0',
    '1e9',
    'a'.repeat(1400),
  ),
  fc.constantFrom('é', '%F0%9F%9A%80', "'%20or%201=1--", '%22', '__proto__', '%2500'),
);
const pair = fc
  .tuple(fc.constantFrom('limit', 'cursor', 'q', 'foo', '__proto__', 'a[b]', '%'), hostile)
  .map((parts) => parts.join('='));

/** Lone surrogates cannot be encoded; everything else that a program may send can. */
function encodeSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function valueOf({ name, schema }: Parameter): fc.Arbitrary<string> {
  const right: Record<string, fc.Arbitrary<string>> = {
    slug: fc.constantFrom('post-1', 'a-page', 'removed', 'nothing'),
    cursor: fc.string({ maxLength: 12 }).map((text) => Buffer.from(text).toString('base64url') || 'x'),
  };
  const fitting =
    right[name] ?? fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100 }).map(String);
  return fc.oneof({ weight: 2, arbitrary: fitting }, { weight: 1, arbitrary: hostile });
}

const noBody = fc.constant({ headers: {} });

/** Bodies: the documented fields, right or wrong, more fields, other JSON, no JSON, other types. */
function bodyOf(schema: { properties?: Record<string, unknown> }): fc.Arbitrary<Omit<Sent, 'url'>> {
  const fields = Object.keys(schema.properties ?? {});
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<unknown>('Ada', 'ada@example.dev', '') },
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const object = fc.record(Object.fromEntries(fields.map((field) => [field, value])), { requiredKeys: [] });
  const extra = fc.dictionary(fc.constantFrom('id', '__proto__', 'toString', 'admin'), value, { maxKeys: 1 });
  const text = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(object, extra).map((parts) => JSON.stringify(Object.assign({}, ...parts))),
    },
    fc.json(),
    fc.constantFrom(
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '{"__proto__":{"a":1}}',
      '\u0000',
      `"${'x'.repeat(200_000)}"`,
    ),
  );
  const type = fc.oneof(
    { weight: 6, arbitrary: fc.constant('application/json') },
    fc.constantFrom(
      'text/plain',
      'application/x-www-form-urlencoded',
      'nonsense',
      'application/json; charset=utf-16',
    ),
  );
  return fc
    .tuple(text, type)
    .map(([payload, contentType]) => ({ payload, headers: { 'content-type': contentType } }));
}
