/**
 * Every failure becomes problem details (RFC 9457) here and nowhere else.
 * A stack or a library's own message never leaves the process: 5xx say only that it was logged.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ProblemDetails } from '@homepage/contract';
import { Problem } from '@homepage/platform';
import { plainErrorPage } from './documents/plain-error.ts';
import { securityHeaders } from './security-headers.ts';

export function addProblemHandlers(app: FastifyInstance, allowedMethods: (path: string) => string[]): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
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
  return details(404, 'NOT_FOUND', 'Check the address; /api/v1/posts lists the posts.');
}

export function sendProblem(reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

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
      ...details(error.status, error.code, error.status < 500 ? error.fix : LOGGED),
      ...(error.status < 500 && { detail: error.message }),
      ...(error.field !== undefined && { field: error.field }),
    };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0]!;
    const field = `${error.validationContext ?? 'request'}${first.instancePath.replaceAll('/', '.')}`;
    return {
      ...details(400, 'INVALID_REQUEST', `Correct ${field}; /api/openapi.json describes it.`),
      detail: `${field}: ${first.message ?? 'is not valid'}`,
      field,
    };
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) return details(500, 'INTERNAL', LOGGED);
  return {
    ...details(status, error.code ?? 'BAD_REQUEST', 'Correct the request and send it again.'),
    detail: error.message,
  };
}

const LOGGED = 'Try again in a moment. The failure was logged; nothing that was saved is lost.';

const titles: Record<number, string> = {
  400: 'The request is not valid',
  404: 'There is nothing here',
  405: 'This method is not allowed here',
  410: 'This is gone',
  413: 'The request is too large',
  414: 'The address is too long',
  415: 'This content type is not accepted',
  500: 'Something failed on our side',
  503: 'Not ready',
};

export function details(status: number, code: string, fix: string): ProblemDetails {
  return { type: 'about:blank', title: titles[status] ?? 'The request failed', status, code, fix };
}
