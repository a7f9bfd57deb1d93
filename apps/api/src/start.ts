/** Opens everything the application needs, in order, and closes it in reverse. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { openStorage, Problem, type Database, type Settings } from '@homepage/platform';
import { loadSiteConfig } from '@homepage/platform/config';
import { migrate, pendingMigrations, rerenderStale, seedSample, siteData, type Tables } from '@homepage/site';
import { buildApp } from './app.ts';
import type { Context } from './context.ts';
import { watchContent } from './documents/content-watch.ts';
import { Documents } from './documents/documents.ts';
import { withSources } from './documents/sources.ts';
import { loadRenderer, type Renderer } from './documents/renderer.ts';
import { startOpsServer } from './ops/ops-server.ts';
import { repository } from './open-database.ts';
import { platformStatus } from './platform-status.ts';
import { readVersion } from './version.ts';

const webBuild = join(repository, 'apps/web/build');

export type Running = {
  /** where visitors reach it, e.g. http://127.0.0.1:3000 */
  address: string;
  opsAddress: string;
  /** true when this first start wrote the sample content */
  seeded: boolean;
  dataDir: string | null;
  stop(): Promise<void>;
};

export type StartOptions = {
  settings: Settings;
  /** already on its way, so that it opens while the rest of the program loads */
  database: Promise<Database<Tables>>;
  /** development: pages come from Vite, hooked in here */
  development?: (app: FastifyInstance, context: Context) => Promise<() => Promise<void>>;
};

export async function start({ settings, database: opening, development }: StartOptions): Promise<Running> {
  const since = new Date();
  const log = pino({ level: settings.logLevel ?? (settings.databaseUrl ? 'info' : 'warn') });
  const loadingRenderer = development ? undefined : loadRenderer(webBuild);
  // Its failure is reported where it is awaited; until then it must not end the process.
  loadingRenderer?.catch(() => {});
  const config = await loadSiteConfig(settings.configFile ?? join(repository, 'homepage.config.ts'));
  const database = await opening;
  const cleanUp: (() => Promise<unknown> | void)[] = [() => database.close()];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.reverse()) await step();
  };
  try {
    const { db } = database;
    const storage = openStorage(settings);
    await prepareSchema();
    const seeded = database.kind === 'pglite' && (await seedSample({ db, storage }));

    const port = settings.port || (await freePort(settings.host));
    const origin = settings.publicUrl ?? defaultOrigin(port);
    const render: Renderer = loadingRenderer
      ? await loadingRenderer
      : () => Promise.reject(new Error('no renderer in development'));
    const documents: Documents = new Documents(
      withSources({ db, config, origin }, (url) => render(url, { data, report })),
    );
    const status = platformStatus({
      version: readVersion(new URL('../package.json', import.meta.url), process.env),
      since,
      db,
      databaseKind: database.kind,
      storage,
      documents: () => documents,
    });
    const data = siteData({ db, config, origin, platform: status });
    const context: Context = { config, origin, db, databaseKind: database.kind, storage, data, documents };

    const app = await buildApp(context, {
      log,
      webBuild: development ? undefined : webBuild,
    });
    if (development) cleanUp.push(await development(app, context));
    await app.listen({ port, host: settings.host }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? portTaken() : error;
    });
    cleanUp.push(() => app.close());

    const ops = await startOpsServer({ host: settings.opsHost, port: settings.opsPort, ready: checkReady });
    cleanUp.push(() => ops.close());
    const watch = watchContent(db, () => documents.invalidate());
    cleanUp.push(() => watch.stop());
    const rendering = new AbortController();
    const rendered = rerenderStale(db, rendering.signal).catch((error: unknown) =>
      log.error(error, 're-rendering failed'),
    );
    cleanUp.push(() => {
      rendering.abort();
      return rendered;
    });

    return {
      address: `http://${hostName()}:${port}`,
      opsAddress: `http://${settings.opsHost}:${ops.port}`,
      seeded,
      dataDir: database.kind === 'pglite' ? settings.dataDir : null,
      stop,
    };

    async function checkReady(): Promise<void> {
      const pending = await pendingMigrations(db);
      if (pending.length > 0)
        throw new Error(`the schema lacks ${pending.join(', ')}; run \`homepage migrate\``);
    }
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }

  function report(error: unknown, path: string): void {
    log.error({ err: error, path }, 'a page failed');
  }

  /** Embedded migrates by itself; on the platform only `homepage migrate` changes the schema. */
  async function prepareSchema(): Promise<void> {
    if (database.kind === 'pglite') await migrate(database.db);
  }

  function defaultOrigin(port: number): string {
    return database.kind === 'pglite' ? `http://${hostName()}:${port}` : `https://${config.domain}`;
  }

  function hostName(): string {
    const every = settings.host === '0.0.0.0' || settings.host === '::';
    if (every) return 'localhost';
    return settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  }

  function portTaken(): Problem {
    return new Problem('PORT_TAKEN', `Port ${settings.port} on ${settings.host} is in use.`, {
      field: 'PORT',
      fix: `Stop what listens there, or choose another: PORT=${settings.port + 1} npm start`,
    });
  }
}

/** PORT=0 asks for any free port; the site's own address must be known before it listens. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
