/**
 * Every resource against the schema of its kind, to any depth. Unlike the API server's own validation nothing that the schema
 * does not name may be there: that is what a misspelt field is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Resource } from '../resource.ts';
import { enums, listEnums, required } from './enums.ts';

type Schema = Record<string, unknown>;
type GroupVersionKind = { group: string; version: string; kind: string };

export type SchemaError = { path: string; message: string; fix: string };

const read = (file: string): Record<string, Schema> =>
  JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Record<string, Schema>;

const definitions = read('kubernetes.json');
const custom = read('custom.json');
const META = '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = '^[+-]?(\\d+\\.?\\d*|\\.\\d+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\\d+)?$';
const special: Record<string, Schema> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'], pattern: QUANTITY },
};

/** Every resource has these. */
const NAMED: Schema = {
  required: ['apiVersion', 'kind', 'metadata'],
  properties: { metadata: { required: ['name'] } },
};

/** "apps/v1 Deployment" → the schema of it */
const schemas = new Map<string, Schema>();
for (const [name, definition] of Object.entries(definitions))
  for (const { group, version, kind } of (definition['x-kubernetes-group-version-kind'] ??
    []) as GroupVersionKind[])
    schemas.set(`${group ? `${group}/` : ''}${version} ${kind}`, { $ref: `#/definitions/${name}` });
for (const [name, schema] of Object.entries(custom)) {
  const properties = schema['properties'] as Schema;
  schemas.set(name, closed({ ...schema, properties: { ...properties, metadata: { $ref: META } } }) as Schema);
}

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateFormats: false });
const closedDefinitions = Object.fromEntries(
  Object.entries(definitions).map(([name, schema]) => [
    name,
    special[name] ?? withRules(name, closed(schema) as Schema),
  ]),
);
const compiled = new Map<string, ValidateFunction>();
/** Of resources that were looked at; whoever changes one makes a new object. */
const known = new WeakMap<Resource, SchemaError[]>();

/** @returns what is wrong with it; empty: nothing */
export function schemaErrors(resource: Resource): SchemaError[] {
  const before = known.get(resource);
  if (before) return before;
  const errors = validate(resource);
  known.set(resource, errors);
  return errors;
}

function validate(resource: Resource): SchemaError[] {
  const name = `${resource.apiVersion} ${resource.kind}`;
  const schema = schemas.get(name);
  if (!schema) {
    const versions = [...schemas.keys()].filter((key) => key.endsWith(` ${resource.kind}`));
    const fix =
      versions.length > 0
        ? `Write apiVersion: ${versions.map((key) => key.split(' ')[0]).join(' or ')}.`
        : 'Add the kind to test/kubernetes/schemas/sources.ts, and run refresh.ts beside it.';
    return [{ path: 'apiVersion', message: `there is no schema of ${name}`, fix }];
  }
  let check = compiled.get(name);
  if (!check) {
    check = ajv.compile({ allOf: [NAMED, schema], definitions: closedDefinitions });
    compiled.set(name, check);
  }
  return check(resource) ? [] : (check.errors ?? []).map(errorOf);
}

function errorOf({ instancePath, keyword, params, message, parentSchema }: ErrorObject): SchemaError {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text ? `${text}.${part}` : part), '');
  if (keyword === 'additionalProperties') {
    const unknown = (params as { additionalProperty: string }).additionalProperty;
    const names = Object.keys((parentSchema?.['properties'] ?? {}) as Schema);
    const near = nearest(unknown, names);
    return {
      path: path ? `${path}.${unknown}` : unknown,
      message: `there is no field "${unknown}" here`,
      fix: near ? `Did you mean "${near}"?` : `It may have ${names.join(', ')}.`,
    };
  }
  if (keyword === 'enum') {
    const { allowedValues } = params as { allowedValues: string[] };
    return {
      path,
      message: 'it is none of the words that may be here',
      fix: `Write ${allowedValues.join(' or ')}.`,
    };
  }
  return { path, message: message ?? keyword, fix: 'Write what the schema of the kind asks for.' };
}

/** Objects with named fields get no others; where the schema leaves something open it stays open. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const old = schema as Schema;
  if (old['x-kubernetes-int-or-string'])
    return { type: ['string', 'integer'], ...(old['pattern'] !== undefined && { pattern: old['pattern'] }) };
  const result: Schema = {};
  for (const [key, value] of Object.entries(old)) {
    if (key === 'properties')
      result[key] = Object.fromEntries(
        Object.entries(value as Schema).map(([name, inner]) => [name, closed(inner)]),
      );
    else if (key === 'default' || key.startsWith('x-')) continue;
    else result[key] = closed(value);
  }
  const isOpen = 'additionalProperties' in old || old['x-kubernetes-preserve-unknown-fields'] === true;
  if ('properties' in old && !isOpen) result['additionalProperties'] = false;
  return result;
}

function withRules(name: string, schema: Schema): Schema {
  const properties = schema['properties'] as Record<string, Schema> | undefined;
  for (const [field, words] of Object.entries(enums[name] ?? {})) properties![field]!['enum'] = words;
  for (const [field, words] of Object.entries(listEnums[name] ?? {}))
    properties![field]!['items'] = { enum: words };
  if (required[name])
    schema['required'] = [
      ...new Set([...((schema['required'] as string[] | undefined) ?? []), ...required[name]]),
    ];
  return schema;
}

/** @returns the name that differs by the fewest edits, when those are few */
export function nearest(word: string, names: string[]): string | undefined {
  const distances = names.map((name) => ({ name, edits: edits(word.toLowerCase(), name.toLowerCase()) }));
  const best = distances.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= 3 ? best.name : undefined;
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length]!;
}
