import { lockFile, readLock, requireDigest, requireOwnNames } from '@homepage/images';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';

export type ReferenceOptions = { lock?: string };

/** @throws Problem IMAGE_NAMES_DIFFER, IMAGE_UNKNOWN, IMAGE_UNRESOLVED */
export async function reference(shell: Shell, key: string, options: ReferenceOptions): Promise<Outcome> {
  const lock = readLock(options.lock === undefined ? lockFile(shell.repository) : shell.path(options.lock));
  requireOwnNames(lock, (await shell.config()).images);
  const found = requireDigest(lock, key);
  return { ok: true, json: { key, reference: found }, text: found };
}
