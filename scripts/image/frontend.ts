/** Lays the files of nginx's image out, at the root: the web build, the page for bad moments, and the configuration. */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES: Record<string, string> = {
  'apps/web/build/client': 'srv/current',
  'deploy/images/frontend/unavailable.html': 'srv/pages/unavailable.html',
  'deploy/images/frontend/nginx.conf': 'etc/nginx/nginx.conf',
  'deploy/images/frontend/proxy.conf': 'etc/nginx/proxy.conf',
  'deploy/images/frontend/tls.conf': 'etc/nginx/tls.conf',
  'deploy/images/frontend/headers.conf': 'etc/nginx/headers.conf',
  'deploy/images/frontend/away.conf': 'etc/nginx/away.conf',
  'deploy/images/frontend/modules.conf': 'etc/nginx/local/modules.conf',
};

/**
 * @param previous the web build of the release before: pages that are open still ask for its files
 */
export function layOutFrontend(from: string, to: string, previous?: string): void {
  const files = { ...FILES, ...(previous !== undefined && { [previous]: 'srv/previous' }) };
  for (const [path, target] of Object.entries(files)) {
    const source = path === previous ? previous : join(from, path);
    if (!existsSync(source)) throw new Error(`${source} is missing: run npm run build`);
    mkdirSync(dirname(join(to, target)), { recursive: true });
    cpSync(source, join(to, target), { recursive: true });
  }
}
