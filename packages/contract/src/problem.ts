import { z } from 'zod';

/** RFC 9457 problem details, with a stable `code` and the next step in `fix`. */
export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  fix: z.string(),
  /** the field that was wrong, as a JSON path, e.g. "querystring.limit" */
  field: z.string().optional(),
});

export type ProblemDetails = z.infer<typeof problemDetails>;
