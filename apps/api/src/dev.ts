/** The application with Vite inside its own process: pages and hot reload on the API's port. */
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createServer } from 'vite';
import { loadDotEnv, readSettings } from '@homepage/platform';
import type { Context } from './context.ts';
import { PAGES_BELOW_API } from './documents/routes.ts';
import { reportStartFailure } from './report-start-failure.ts';
import { openSiteDatabase, repository } from './open-database.ts';
import { start } from './start.ts';

async function useVite(app: FastifyInstance, { data }: Context): Promise<() => Promise<void>> {
  // The web app's adapter reads this as its platform in development.
  const report = (error: unknown, path: string): void => app.log.error({ err: error, path }, 'a page failed');
  Object.assign(globalThis, { homepagePlatform: { data, report } });
  const root = join(repository, 'apps/web');
  process.chdir(root); // SvelteKit looks for its files from the working directory
  const vite = await createServer({
    configFile: join(root, 'vite.config.ts'),
    configLoader: 'native',
    server: { middlewareMode: true, hmr: { server: app.server } },
  });
  for (const url of ['*', ...PAGES_BELOW_API]) {
    app.route({ method: ['GET', 'HEAD', 'POST'], url, handler: handToVite });
  }
  return () => vite.close();

  function handToVite(request: FastifyRequest, reply: FastifyReply): void {
    reply.hijack();
    // Vite injects styles and its client inline; the strict policy is for the built site.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (name !== 'content-security-policy' && value !== undefined) reply.raw.setHeader(name, value);
    }
    vite.middlewares(request.raw, reply.raw, () => reply.raw.writeHead(404).end('Not found\n'));
  }
}

try {
  loadDotEnv(repository);
  const settings = readSettings(process.env, repository);
  const running = await start({
    settings,
    readSettingsAgain: () => readSettings(process.env, repository),
    database: openSiteDatabase(settings),
    development: useVite,
  });
  closeWithGrace({ delay: 5_000 }, () => running.stop());
  console.log(`Homepage is ready: ${running.address}`);
  console.log('Pages and API follow their sources. Stop it with Ctrl-C.');
} catch (error) {
  reportStartFailure(error);
}
