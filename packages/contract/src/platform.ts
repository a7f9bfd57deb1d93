/** `/api/v1/platform`: what the running system says of itself. Nothing secret; null where unknown. */
import { z } from 'zod';

const part = z.object({
  /** which implementation runs here */
  kind: z.string(),
  version: z.string().nullable(),
  /** answered just now */
  ok: z.boolean(),
});

export const platformStatus = z.object({
  shape: z.enum(['embedded', 'platform']),
  version: z.string(),
  commit: z.string().nullable(),
  /** image digest, when run from one */
  digest: z.string().nullable(),
  /** ISO 8601 UTC: when this process started */
  since: z.iso.datetime(),
  replicas: z.number().int().nullable(),
  database: part,
  cache: part.extend({ entries: z.number().int().nullable(), hitRatio: z.number().nullable() }),
  storage: part.extend({ objects: z.number().int().nullable() }),
  certificate: z.object({ notAfter: z.iso.datetime().nullable() }),
  backup: z.object({ lastVerifiedAt: z.iso.datetime().nullable() }),
});

export type PlatformStatus = z.infer<typeof platformStatus>;
