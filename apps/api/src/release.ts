import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteConfig } from '@homepage/platform/config';
import type { Version } from './version.ts';

type Parts = { version: Version; config: SiteConfig; origin: string; webBuild: string };

/** Names everything that pages are made with besides the content: what another release made is not taken for one's own. */
export function releaseOf({ version, config, origin, webBuild }: Parts): string {
  // A hash of the files of the web app; there is none in development.
  const file = join(webBuild, 'client/_app/version.json');
  const web = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return createHash('sha256')
    .update(JSON.stringify([version, config, origin, web]))
    .digest('base64url')
    .slice(0, 16);
}
