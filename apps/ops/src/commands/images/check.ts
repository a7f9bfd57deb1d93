import { isResolved, lockFile, readLock, requireOwnNames } from '@homepage/images';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';

export type CheckOptions = { lock?: string };

/** Whether everything may be deployed. No registry is asked. @throws Problem IMAGE_NAMES_DIFFER */
export async function check(shell: Shell, options: CheckOptions): Promise<Outcome> {
  const lock = readLock(options.lock === undefined ? lockFile(shell.repository) : shell.path(options.lock));
  requireOwnNames(lock, (await shell.config()).images);
  const { images } = lock;
  const list = Object.entries(images).map(([key, image]) => ({ key, ...image }));
  const unresolved = list.filter((image) => !isResolved(image));
  const lines = list.map(({ key, name, tag, digest, resolvedAt }) =>
    digest === null
      ? `✗ ${key}  ${name}:${tag} was never resolved.`
      : `✓ ${key}  ${name}@${digest} of ${resolvedAt!.slice(0, 10)}`,
  );
  if (unresolved.length > 0)
    lines.push('What was never resolved is not deployed. To resolve: npx homepage images resolve');
  return { ok: unresolved.length === 0, json: { images: list }, text: lines.join('\n') };
}
