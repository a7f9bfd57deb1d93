/** What a backup says of itself; written last. And the proof that is put beside it when it was restored. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '@homepage/platform';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.int().nonnegative();
const time = z.iso.datetime();
const objectName = z.string().regex(/^[\w.-]+$/);

/** An object as it is stored */
const stored = z.object({ object: objectName, bytes, sha256 });

export const REASONS = ['asked for', 'scheduled', 'before a restore', 'before a migration'] as const;
export type Reason = (typeof REASONS)[number];

export const manifest = z.object({
  /** of this file and of what lies beside it */
  format: z.literal(1),
  id: z.string(),
  reason: z.enum(REASONS),
  /** when the snapshot was taken: what was written later is not in it */
  takenAt: time,
  finishedAt: time,
  program: z.string(),
  database: z.object({ kind: z.enum(['postgresql', 'pglite']), version: z.string() }),
  /** what wrote the dump */
  tool: z.string(),
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.object({ name: z.string(), rows: z.int().nonnegative(), bytes, hash: z.string() })),
  dump: stored.extend({ plainBytes: bytes, plainSha256: sha256 }),
  roles: stored.nullable(),
  /** public keys of age; empty: not encrypted */
  recipients: z.array(z.string()),
  media: z.object({
    /** where they lie in the target */
    folder: z.string().regex(/^media\/[\w-]+$/),
    /** each named by the SHA-256 of its bytes */
    files: z.array(z.object({ hash: sha256, bytes })),
    /** what the site's own storage had lost already, or holds damaged */
    missing: z.array(sha256),
  }),
});

export type Manifest = z.infer<typeof manifest>;
export type StoredObjectInfo = z.infer<typeof stored>;

export const proof = z.object({
  /** of manifest.json as it was then */
  manifestSha256: sha256,
  verifiedAt: time,
  seconds: z.number(),
  program: z.string(),
  pages: z.int(),
});
export type Proof = z.infer<typeof proof>;

export const sha256Of = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex');

/**
 * @param name of the backup, for the message
 * @throws Problem BACKUP_DAMAGED, BACKUP_NEWER
 */
export function parseManifest(text: string, id: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(id, 'manifest.json', 'is cut off or no JSON', cause);
  }
  const { format } = Object(value) as { format?: unknown };
  if (typeof format === 'number' && format > 1) {
    throw new Problem('BACKUP_NEWER', `The backup ${id} was made by a newer release (format ${format}).`, {
      fix: 'Use that release to restore it.',
    });
  }
  const result = manifest.safeParse(value);
  if (!result.success || result.data.id !== id) {
    const field = result.error?.issues[0]?.path.join('.') ?? 'id';
    throw damaged(id, 'manifest.json', `has no good "${field}"`);
  }
  return result.data;
}

export function damaged(id: string, object: string, what: string, cause?: unknown): Problem {
  return new Problem('BACKUP_DAMAGED', `${object} of the backup ${id} ${what}.`, {
    field: object,
    fix: 'Use another backup: `homepage backup list` shows which ones are verified.',
    cause,
  });
}
