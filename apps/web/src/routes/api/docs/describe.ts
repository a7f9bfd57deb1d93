/** From the OpenAPI document to what the page shows. Runs on the server alone. */
import type { JsonSchema, OpenApiDocument, Operation, ProblemCode } from '@homepage/contract';
import { COMMON_PROBLEMS, problems } from '@homepage/contract';
import { apiWords } from '#lib/words/api.ts';

/** The words of a type; `shape` is the name of a shape that the page describes. */
export type TypeWords = { before: string; shape: string; after: string };
export type Field = { name: string; type: TypeWords; note: string; about: string };
export type ProblemWords = { status: number; code: string; when: string };
export type EndpointWords = {
  id: string;
  method: string;
  path: string;
  summary: string;
  about: string;
  example: string;
  parameters: Field[];
  body: Field[];
  answer: { status: string; type: TypeWords; fields: Field[] };
  problems: ProblemWords[];
};

const { types, required, byDefault } = apiWords;

export function describeEndpoints(document: OpenApiDocument): EndpointWords[] {
  const origin = document.servers[0]!.url;
  return Object.entries(document.paths).flatMap(([path, { get, post }]) => [
    ...(get ? [describe('GET', path, get, origin)] : []),
    ...(post ? [describe('POST', path, post, origin)] : []),
  ]);
}

export function describeShapes(document: OpenApiDocument): { name: string; fields: Field[] }[] {
  return Object.entries(document.components.schemas).map(([name, schema]) => ({
    name,
    fields: fieldsOf(schema),
  }));
}

export function commonProblems(): ProblemWords[] {
  return COMMON_PROBLEMS.map(describeProblem);
}

function describe(method: string, path: string, operation: Operation, origin: string): EndpointWords {
  const { operationId, summary, description = '', parameters, requestBody, responses } = operation;
  const [status = '', response] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  const answer = response?.content?.['application/json']?.schema ?? {};
  const body = requestBody?.content['application/json']?.schema;
  return {
    id: operationId,
    method,
    path,
    summary,
    about: description,
    example: example(method, origin + path, body),
    parameters: parameters.map(({ name, schema, description: about = '', required: needed }) => ({
      name,
      type: typeOf(schema),
      note: noteOf(schema, needed),
      about,
    })),
    body: body ? fieldsOf(body) : [],
    answer: { status, type: typeOf(answer), fields: answer.$ref ? [] : fieldsOf(answer) },
    problems: Object.values(responses)
      .flatMap(({ content }) => codesOf(content?.['application/problem+json']?.schema))
      .filter((code) => !(COMMON_PROBLEMS as readonly string[]).includes(code))
      .map(describeProblem),
  };
}

function describeProblem(code: ProblemCode): ProblemWords {
  return { code, ...problems[code] };
}

function codesOf(schema: JsonSchema | undefined): ProblemCode[] {
  return (schema?.properties?.['code']?.enum ?? []) as ProblemCode[];
}

function example(method: string, address: string, body: JsonSchema | undefined): string {
  const url = address.replaceAll(/\{(\w+)\}/g, '<$1>');
  if (method === 'GET') return `curl '${url}'`;
  const fields = Object.fromEntries((body?.required ?? []).map((name) => [name, '…']));
  return `curl '${url}' --json '${JSON.stringify(fields)}'`;
}

/** Fields of an object; those of an object inside it that has no name follow with both names. */
function fieldsOf(schema: JsonSchema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const own = prefix + name;
    const needed = schema.required?.includes(name) ?? false;
    if (field.properties) return fieldsOf(field, `${own}.`);
    const more = field.items?.properties ? fieldsOf(field.items, `${own}[].`) : [];
    const note = noteOf(field, needed);
    return [{ name: own, type: typeOf(field), note, about: field.description ?? '' }, ...more];
  });
}

/** Only what a caller has to know: answers always have all of their fields. */
function noteOf({ default: value, maxLength }: JsonSchema, needed: boolean): string {
  const notes = [
    ...(needed && maxLength !== undefined ? [required] : []),
    ...(maxLength === undefined ? [] : [types.length(maxLength)]),
    ...(value === undefined ? [] : [byDefault(String(value))]),
  ];
  return notes.join(', ');
}

function typeOf(schema: JsonSchema): TypeWords {
  if (schema.$ref) return { before: '', shape: schema.$ref.split('/').at(-1)!, after: '' };
  const some = orNull(schema);
  if (some) return { ...typeOf(some), after: ` ${types.orNull}` };
  if (schema.type === 'array') {
    const item = typeOf(schema.items ?? {});
    return { ...item, before: `${types.listOf} ${item.before}` };
  }
  return { before: plainType(schema), shape: '', after: '' };
}

/** What a schema allows beside null; undefined when it does not allow null. */
function orNull(schema: JsonSchema): JsonSchema | undefined {
  if (Array.isArray(schema.type)) return { ...schema, type: schema.type.find((type) => type !== 'null') };
  return schema.anyOf?.find((one) => one.type !== 'null');
}

function plainType({ type, format, enum: values, minimum, maximum }: JsonSchema): string {
  if (values) return types.oneOf(values.map(String));
  if (format === 'date-time') return types.time;
  if (format === 'email') return types.email;
  if (type === 'integer') {
    // Zod bounds whole numbers by what JavaScript can count; that is no news.
    const bounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
    return bounded ? `${types.whole}, ${types.range(minimum, maximum)}` : types.whole;
  }
  const words: Record<string, string> = { string: types.text, number: types.number, boolean: types.yesNo };
  return words[String(type)] ?? types.object;
}
