/** Compares answers with the OpenAPI document, by another validator than the one that made them. For tests. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenApiDocument, Operation } from '@homepage/contract';

export type DocumentedOperation = { method: 'GET' | 'POST'; path: string; operation: Operation };

export function operationsOf(document: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, { get, post }]) => [
    ...(get ? [{ method: 'GET', path, operation: get } as const] : []),
    ...(post ? [{ method: 'POST', path, operation: post } as const] : []),
  ]);
}

type Answer = { statusCode: number; headers: Record<string, unknown>; body: string };

/** @returns what is wrong with an answer; undefined when it is as documented */
export function answerChecker(
  document: OpenApiDocument,
): (operation: Operation, answer: Answer) => string | undefined {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const compiled = new Map<string, ValidateFunction>();

  return ({ operationId, responses }, { statusCode, headers, body }) => {
    const documented = responses[statusCode];
    if (statusCode >= 500) return `status ${statusCode}: ${body}`;
    if (!documented) return `status ${statusCode} is not documented: ${body}`;
    const [type, content] = Object.entries(documented.content ?? {})[0] ?? [];
    if (!type || !content) return body === '' ? undefined : `a body where none is documented: ${body}`;
    const sent = String(headers['content-type']).split(';')[0];
    if (sent !== type) return `${sent} instead of ${type}`;
    const key = `${operationId} ${statusCode}`;
    const validate = compiled.get(key) ?? ajv.compile(pointInto(content.schema));
    compiled.set(key, validate);
    return validate(JSON.parse(body))
      ? undefined
      : `${ajv.errorsText(validate.errors)}: ${body.slice(0, 500)}`;
  };
}

/** References count from the document, not from the schema that is compiled. */
function pointInto(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as object;
}
