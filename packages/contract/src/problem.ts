import { z } from 'zod';

/** RFC 9457 problem details, with a stable `code` and the next step in `fix`. */
export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string().describe('stays the same; words may change'),
  detail: z.string().optional().describe('what happened this time'),
  fix: z.string().describe('the next step'),
  fields: z.array(z.string()).optional().describe('every field that was wrong, when several were'),
  field: z.string().optional().describe('what was wrong, such as querystring.limit or body.message'),
});

export type ProblemDetails = z.infer<typeof problemDetails>;

/** Every problem of the public API: its status, and when it happens. */
export const problems = {
  INVALID_REQUEST: {
    status: 400,
    when: 'A parameter or a field of the body is unknown, missing or has a wrong value; field names it.',
  },
  INVALID_CURSOR: { status: 400, when: 'The cursor is not one of this list.' },
  BAD_ADDRESS: { status: 400, when: 'The address has a broken percent sign or a character it cannot have.' },
  NOT_FOUND: { status: 404, when: 'There is nothing with this slug.' },
  GONE: { status: 410, when: 'It was here and was removed. detail gives the reason.' },
  CROSS_SITE: { status: 403, when: 'A page of another site sent it.' },
  INVALID_BODY: { status: 400, when: 'The body is not valid JSON.' },
  BODY_TOO_LARGE: { status: 413, when: 'The body is larger than 128 kB.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, when: 'The body is not application/json.' },
  TOO_MANY_MESSAGES: {
    status: 429,
    when: 'More messages than a person writes came from one address, or from all. Retry-After says when to try again.',
  },
  INTERNAL: { status: 500, when: 'A failure on our side. It was logged.' },
  UNAVAILABLE: {
    status: 503,
    when: 'The database is away for the moment. Retry-After says when to try again.',
  },
  OVERLOADED: {
    status: 503,
    when: 'More is asked for at once than can be made. Retry-After says when to try again.',
  },
} as const satisfies Record<string, { status: number; when: string }>;

export type ProblemCode = keyof typeof problems;
