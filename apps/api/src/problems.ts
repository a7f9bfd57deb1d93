/**
 * Every failure becomes problem details (RFC 9457) here and nowhere else.
 * A stack or a library's own message never leaves the process: 5xx say only that it was logged.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ProblemCode, ProblemDetails } from '@homepage/contract';
import { explainDatabaseError, Problem } from '@homepage/platform';
import { plainErrorPage } from './documents/plain-error.ts';
import { securityHeaders } from './security-headers.ts';

/** Nothing failed: there is too much of it (load.ts). */
const OVERLOADED = 'OVERLOADED' satisfies ProblemCode;

export function addProblemHandlers(app: FastifyInstance, allowedMethods: (path: string) => string[]): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.code === OVERLOADED) return sendOverloaded(request, reply, problem);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const allowed = reading ? [] : allowedMethods(request.url.split('?', 1)[0]!);
    if (allowed.length === 0) return sendProblem(reply, notFound());
    reply.header('allow', allowed.join(', '));
    return sendProblem(reply, details(405, 'METHOD_NOT_ALLOWED', `Use ${allowed.join(' or ')} here.`));
  });
}

export function notFound(): ProblemDetails {
  return details(404, 'NOT_FOUND', 'Check the address; /api/docs lists those of the API.');
}

/** for answers that pass, such as a database that restarts */
export const RETRY_AFTER_SECONDS = '5';

export function sendProblem(reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

/** Counted, not logged: there are too many of them, and each is the same. */
function sendOverloaded(request: FastifyRequest, reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  const forReader = !READ_BY_PROGRAMS.test(request.url.split('?', 1)[0]!);
  if (!forReader) return sendProblem(reply, problem);
  reply.code(problem.status).header('retry-after', RETRY_AFTER_SECONDS).header('cache-control', 'no-store');
  return reply.type('text/html; charset=utf-8').send(plainErrorPage(503));
}

/** the API, feeds, pictures, data for client navigation */
const READ_BY_PROGRAMS = /^\/api\/|\.\w+$/;

/** For addresses that cannot be decoded; hooks do not run for them, so the headers are set here. */
export function sendFrameworkProblem(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.headers(securityHeaders({ https: false }));
  const problem = toProblem(error);
  const forReader = problem.status === 400 && /\btext\/html\b/.test(request.headers.accept ?? '');
  if (forReader) void reply.code(400).type('text/html; charset=utf-8').send(plainErrorPage(400));
  else void sendProblem(reply, problem);
}

function toProblem(error: FastifyError): ProblemDetails {
  if (error instanceof Problem) {
    return {
      ...details(
        error.status,
        error.code,
        error.status < 500 || error.code === OVERLOADED ? error.fix : LOGGED,
      ),
      // What failed inside, and which setting it hangs on, is the operator's to know.
      ...(error.status < 500 && { detail: error.message, ...(error.field && { field: error.field }) }),
    };
  }
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  if (explainDatabaseError(error)) return details(503, 'UNAVAILABLE', LOGGED);
  const status = error.statusCode ?? 500;
  if (status >= 500) return details(500, 'INTERNAL', LOGGED);
  const known = frameworkProblems[error.code];
  return {
    ...details(status, known?.code ?? 'BAD_REQUEST', known?.fix ?? 'Correct the request and send it again.'),
    detail: error.message,
    ...(known && { field: known.field }),
  };
}

/** The first thing that a schema found wrong. */
function invalidRequest(error: FastifyError & { validation: ZodIssues }): ProblemDetails {
  const first = error.validation[0]!;
  const [field = 'request'] = fieldsOf(first, error);
  const unknown = first.keyword === 'unrecognized_keys';
  return {
    ...details(
      400,
      'INVALID_REQUEST',
      `${unknown ? 'Leave out' : 'Correct'} ${field}; /api/docs describes the request.`,
    ),
    detail: unknown ? `${field} is not known here` : `${field}: ${first.message ?? 'is not valid'}`,
    field,
    ...(error.validation.length > 1 && {
      fields: error.validation.flatMap((issue) => fieldsOf(issue, error)),
    }),
  };
}

/** Zod names unknown keys beside their path, not in it. */
function fieldsOf(
  { keyword, instancePath, params }: ZodIssues[number],
  { validationContext }: FastifyError,
): string[] {
  const place = `${validationContext ?? 'request'}${instancePath.replace(/\/$/, '').replaceAll('/', '.')}`;
  if (keyword !== 'unrecognized_keys') return [place];
  return (params as { keys: string[] }).keys.slice(0, 10).map((key) => `${place}.${key.slice(0, 100)}`);
}

type ZodIssues = { keyword: string; instancePath: string; params: unknown; message?: string }[];

/** What Fastify refuses before a handler runs, under names of our own: its codes are not ours to promise. */
const frameworkProblems: Record<string, { code: string; field: string; fix: string }> = {
  FST_ERR_BAD_URL: {
    code: 'BAD_ADDRESS',
    field: 'path',
    fix: 'Write a percent sign as %25, and other characters as their UTF-8 bytes.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE', field: 'body', fix: 'Send less.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    field: 'headers.content-type',
    fix: 'Send the body as application/json.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'INVALID_BODY', field: 'body', fix: 'Send a JSON object.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'INVALID_BODY', field: 'body', fix: 'Send valid JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'INVALID_BODY',
    field: 'headers.content-length',
    fix: 'Let Content-Length be the number of bytes in the body.',
  },
};

const LOGGED = 'Try again in a moment. The failure was logged; nothing that was saved is lost.';

const titles: Record<number, string> = {
  400: 'The request is not valid',
  404: 'There is nothing here',
  405: 'This method is not allowed here',
  410: 'This is gone',
  413: 'The request is too large',
  414: 'The address is too long',
  415: 'This content type is not accepted',
  416: 'There is no such part of it',
  500: 'Something failed on our side',
  503: 'Not available for the moment',
};

export function details(status: number, code: string, fix: string): ProblemDetails {
  return { type: 'about:blank', title: titles[status] ?? 'The request failed', status, code, fix };
}
