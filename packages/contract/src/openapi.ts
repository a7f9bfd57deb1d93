/** The OpenAPI 3.1 description, made from the endpoints and their schemas. */
import { z } from 'zod';
import {
  apiHit,
  apiPage,
  apiPageSummary,
  apiPost,
  apiPostSummary,
  apiProject,
  apiSite,
  apiTag,
  heading,
  link,
} from './api.ts';
import { COMMON_PROBLEMS, endpoints, type Endpoint, type Features } from './endpoints.ts';
import { platformStatus } from './platform.ts';
import { problemDetails, problems, type ProblemCode } from './problem.ts';

/** A JSON Schema of the kinds that zod writes for ours. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  additionalProperties?: boolean | JsonSchema;
  [key: string]: unknown;
};
export type Parameter = {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
};
type Content = Record<string, { schema: JsonSchema }>;
export type Operation = {
  operationId: string;
  summary: string;
  description?: string;
  parameters: Parameter[];
  requestBody?: { required: true; content: Content };
  responses: Record<string, { description: string; headers?: object; content?: Content }>;
};
export type OpenApiDocument = {
  openapi: '3.1.1';
  info: { title: string; description: string; version: string };
  servers: { url: string }[];
  paths: Record<string, { get?: Operation; post?: Operation }>;
  components: { schemas: Record<string, JsonSchema> };
};

/** Schemas with a name of their own; others stand where they are used. */
const named = {
  Site: apiSite,
  PostSummary: apiPostSummary,
  Post: apiPost,
  Project: apiProject,
  PageSummary: apiPageSummary,
  Page: apiPage,
  Hit: apiHit,
  Tag: apiTag,
  Link: link,
  Heading: heading,
  Platform: platformStatus,
  Problem: problemDetails,
};

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) registry.add(schema as z.ZodType, { id });
const reference = (id: string): string => `#/components/schemas/${id}`;

/** @param of the site that is described; an endpoint that it has switched off is left out */
export function openApiDocument(of: {
  name: string;
  /** public origin without trailing slash */
  origin: string;
  features: Features;
}): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    if (endpoint.feature && !of.features[endpoint.feature]) continue;
    const method = endpoint.method.toLowerCase() as 'get' | 'post';
    (paths[endpoint.path] ??= {})[method] = operation(name, endpoint);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: `API of ${of.name}`,
      description: `Everything that is published on ${of.name}, as JSON. ${of.origin}/api/docs is this to read.`,
      version: '1.0.0',
    },
    servers: [{ url: of.origin }],
    paths,
    components: { schemas: componentSchemas() },
  };
}

function operation(operationId: string, endpoint: Endpoint): Operation {
  const { summary, description, params, query, body } = endpoint;
  return {
    operationId,
    summary,
    ...(description && { description }),
    parameters: [...parameters('path', params), ...parameters('query', query)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: responses(endpoint),
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined): Parameter[] {
  if (!schema) return [];
  // A parameter is text on the wire; its schema says what the text stands for.
  const { properties = {} } = schemaOf(schema, 'output');
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: !schema.shape[name]!.safeParse(undefined).success,
    ...(description && { description }),
    schema: rest,
  }));
}

function responses(endpoint: Endpoint): Operation['responses'] {
  const cached = endpoint.method === 'GET' && !endpoint.live;
  const answers: Operation['responses'] = {
    [endpoint.status]: {
      description: endpoint.status === 201 ? 'Stored' : 'Found',
      ...(cached && { headers: { ETag: { schema: { type: 'string' } } } }),
      content: { 'application/json': { schema: schemaOf(endpoint.answer, 'output') } },
    },
  };
  if (cached) answers['304'] = { description: 'Not changed since the ETag in If-None-Match' };
  for (const [status, codes] of byStatus([...endpoint.problems, ...COMMON_PROBLEMS])) {
    answers[status] = {
      description: codes.map((code) => `${code}: ${problems[code].when}`).join('\n'),
      content: { 'application/problem+json': { schema: problemSchema(status, codes) } },
    };
  }
  return answers;
}

function byStatus(codes: ProblemCode[]): Map<number, ProblemCode[]> {
  return Map.groupBy(codes, (code) => problems[code].status);
}

function problemSchema(status: number, codes: ProblemCode[]): JsonSchema {
  return {
    allOf: [{ $ref: reference('Problem') }],
    properties: { status: { const: status }, code: { enum: codes } },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const id = registry.get(schema)?.id;
  if (id) return { $ref: reference(id) };
  const all = z.registry<{ id: string }>();
  for (const [name, value] of Object.entries(named)) all.add(value as z.ZodType, { id: name });
  all.add(schema, { id: 'this' });
  return plain(z.toJSONSchema(all, { uri: reference, io }).schemas['this'] as JsonSchema);
}

function componentSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { uri: reference, io: 'output' });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema as JsonSchema)]));
}

/** Without what only a document of its own has, and without patterns: formats say the same to a reader. */
function plain(schema: JsonSchema): JsonSchema {
  const { $schema: _, $id: __, ...rest } = schema;
  return JSON.parse(
    JSON.stringify(rest, function (this: { format?: string }, key, value: unknown) {
      return key === 'pattern' && typeof value === 'string' && this.format ? undefined : value;
    }),
  ) as JsonSchema;
}
