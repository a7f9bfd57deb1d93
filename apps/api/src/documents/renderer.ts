import { pathToFileURL } from 'node:url';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ContactForm, SiteData } from '@homepage/contract';
import { Problem } from '@homepage/platform';

/** The part of SvelteKit's server that is used here. */
type KitServer = {
  init(options: { env: Record<string, string> }): Promise<void>;
  respond(
    request: Request,
    options: { platform: PagePlatform; getClientAddress(): string },
  ): Promise<Response>;
};

/** What pages get from the API (App.Platform of the web app). */
export type PagePlatform = {
  data: SiteData;
  report(error: unknown, path: string): void;
  /** a form that comes back to who filled it in */
  form?: ContactForm;
};

export type Renderer = (url: URL, platform: PagePlatform) => Promise<Response>;

/**
 * Loads the web app's build.
 * @throws Problem WEB_BUILD_MISSING
 */
export async function loadRenderer(webBuild: string): Promise<Renderer> {
  const entry = join(webBuild, 'server', 'index.js');
  if (!existsSync(entry)) {
    throw new Problem('WEB_BUILD_MISSING', `The web app is not built: ${entry} does not exist.`, {
      fix: 'Run `npm run build`, or start with `npm start`, which builds it.',
    });
  }
  const { server } = (await import(pathToFileURL(entry).href)) as { server: KitServer };
  await server.init({ env: {} });
  return (url, platform) =>
    server.respond(new Request(url), {
      platform,
      // Pages are the same for every visitor and must not depend on an address.
      getClientAddress: () => '0.0.0.0',
    });
}
