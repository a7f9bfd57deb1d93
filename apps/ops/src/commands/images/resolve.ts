import {
  lockFile,
  readLock,
  requireKnown,
  requireOwnNames,
  resolveImages,
  writeLock,
  type Resolved,
} from '@homepage/images';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';

export type ResolveOptions = { dryRun?: boolean; lock?: string };

/** Asks the registries what the tags mean now, and writes it down. @throws Problem IMAGE_NAMES_DIFFER, IMAGE_UNKNOWN */
export async function resolve(shell: Shell, keys: string[], options: ResolveOptions): Promise<Outcome> {
  const file = options.lock === undefined ? lockFile(shell.repository) : shell.path(options.lock);
  const before = readLock(file);
  requireOwnNames(before, (await shell.config()).images);
  for (const key of keys) requireKnown(before, key);
  const progress = shell.progress();
  const { lock, resolved } = await resolveImages(before, {
    ...(keys.length > 0 && { keys }),
    onProgress: (done, total, key) => progress.update(done, total, key),
  });
  progress.end();
  const dryRun = options.dryRun === true;
  const isNew = resolved.some(({ digest, before }) => digest !== null && digest !== before);
  if (isNew && !dryRun) writeLock(file, lock);
  const ok = resolved.every(({ problem }) => problem === null);
  const images = resolved.map(({ key, before, digest, problem }) => ({
    key,
    before,
    digest,
    error: problem && { code: problem.code, message: problem.message, fix: problem.fix },
  }));
  return { ok, json: { dryRun, images }, text: resolved.map(asText).join('\n') };
}

function asText({ key, before, digest, problem }: Resolved): string {
  if (problem) return `✗ ${key}: ${problem.message} ${problem.fix}`;
  if (digest === before) return `  ${key}: as before`;
  return `✓ ${key}: ${digest}`;
}
