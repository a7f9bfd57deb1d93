import { readFileSync } from 'node:fs';

export type Version = { version: string; commit: string | null; digest: string | null };

/** Version of the package; commit and digest are set by the image's build. */
export function readVersion(packageFile: URL, env: NodeJS.ProcessEnv): Version {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return { version, commit: env['HOMEPAGE_COMMIT'] || null, digest: env['HOMEPAGE_DIGEST'] || null };
}
