/** deploy/images.lock: every image that is deployed or built upon, by digest, with where and when that was found. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem, suggest } from '@homepage/platform';

const image = z
  .strictObject({
    /** without tag and digest */
    name: z.string(),
    /** what is asked for the next digest; nothing is deployed by it */
    tag: z.string().regex(/^\w[\w.-]{0,127}$/),
    /** of the index of all architectures; null: never resolved, so it is not deployed */
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .nullable(),
    /** the address that is asked for it */
    source: z.url(),
    /** when it said so */
    resolvedAt: z.iso.datetime().nullable(),
  })
  .refine(({ digest, resolvedAt }) => (digest === null) === (resolvedAt === null), {
    error: 'digest and resolvedAt are both there, or both null',
  });

const lock = z.strictObject({ images: z.record(z.string().regex(/^[a-z0-9-]+$/), image) });

export type Image = z.infer<typeof image>;
export type Lock = z.infer<typeof lock>;

export const lockFile = (repository: string): string => join(repository, 'deploy/images.lock');

/** @throws Problem IMAGES_LOCK_INVALID */
export function readLock(file: string): Lock {
  try {
    return lock.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
        : (cause as Error).message;
    throw new Problem('IMAGES_LOCK_INVALID', `${file} cannot be used: ${why}`, {
      fix: 'Restore it from the repository; `homepage images resolve` writes it.',
      command: 'git restore deploy/images.lock',
      cause,
    });
  }
}

export const lockText = (lock: Lock): string => `${JSON.stringify(lock, null, 2)}\n`;

/** Whoever reads it meanwhile has the old one or the new one. */
export function writeLock(file: string, lock: Lock): void {
  writeFileSync(`${file}.tmp`, lockText(lock));
  renameSync(`${file}.tmp`, file);
}

export const isResolved = ({ digest }: Image): boolean => digest !== null;

/** @throws Problem IMAGE_UNKNOWN */
export function requireKnown({ images }: Lock, key: string): Image {
  const image = images[key];
  if (image) return image;
  const near = suggest(key, Object.keys(images));
  throw new Problem('IMAGE_UNKNOWN', `There is no image "${key}" in deploy/images.lock.`, {
    fix: near === undefined ? `It has ${Object.keys(images).join(', ')}.` : `Did you mean ${near}?`,
  });
}

/**
 * What is built upon or deployed: a name and a digest, never a tag.
 * @throws Problem IMAGE_UNKNOWN, IMAGE_UNRESOLVED
 */
export function requireDigest(lock: Lock, key: string): string {
  const { name, tag, digest } = requireKnown(lock, key);
  if (digest !== null) return `${name}@${digest}`;
  throw new Problem('IMAGE_UNRESOLVED', `The image ${key} (${name}:${tag}) was never resolved.`, {
    fix: 'Resolve it where its registry can be reached; by its tag alone it is not used.',
    command: `npx homepage images resolve ${key}`,
  });
}
