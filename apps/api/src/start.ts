/** Opens everything the application needs, in order, and closes it in reverse. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { migrateEmbedded } from '@homepage/backup/migrate-embedded';
import { siteTargets } from '@homepage/backup/watch';
import {
  explainCacheError,
  explainDatabaseError,
  explainListenError,
  Keyring,
  openCache,
  openNotifiers,
  openStorage,
  ownAddress,
  ownSessionKeys,
  publicOrigin,
  requireLife,
  type Database,
  type Settings,
} from '@homepage/platform';
import { loadSiteConfig } from '@homepage/platform/config';
import { renewOnChange, startOpsServer } from '@homepage/platform/ops';
import { keepIndexed, rerenderStale, seedSample, type Tables } from '@homepage/site';
import { buildApp } from './app.ts';
import { lookAfterBackups } from './backups.ts';
import type { Context } from './context.ts';
import { watchContent } from './documents/content-watch.ts';
import { compareClocks, FirstAnswers, toLog, warn } from './first-answers.ts';
import { loadRenderer, type Renderer } from './documents/renderer.ts';
import { measureDocuments } from './ops/document-metrics.ts';
import { openLog } from './ops/log.ts';
import { Readiness, type Waiting } from './ops/readiness.ts';
import { openContext } from './open-context.ts';
import { repository } from './open-database.ts';
import { releaseOf } from './release.ts';
import { renewServerTls } from './server-tls.ts';
import { readVersion } from './version.ts';

const webBuild = join(repository, 'apps/web/build');

export type Running = {
  /** where visitors reach it, e.g. http://127.0.0.1:3000 */
  address: string;
  opsAddress: string;
  /** why it was not ready yet when it had started; null when it was */
  waitsFor: Waiting | null;
  /** true when this first start wrote the sample content */
  seeded: boolean;
  dataDir: string | null;
  /** logs what ended the process */
  report(error: unknown, where: string): void;
  stop(): Promise<void>;
};

export type StartOptions = {
  settings: Settings;
  /** as they are now, when secret files changed; throws when they are not valid */
  readSettingsAgain: () => Settings;
  /** already on its way, so that it opens while the rest of the program loads */
  database: Promise<Database<Tables>>;
  /** development: pages come from Vite, hooked in here */
  development?: (app: FastifyInstance, context: Context) => Promise<() => Promise<void>>;
};

export async function start({
  settings,
  readSettingsAgain,
  database: opening,
  development,
}: StartOptions): Promise<Running> {
  const since = new Date();
  const log = openLog(settings.logLevel ?? (settings.database ? 'info' : 'warn'));
  const loadingRenderer = development ? undefined : loadRenderer(webBuild);
  // Its failure is reported where it is awaited; until then it must not end the process.
  loadingRenderer?.catch(() => {});
  const report = (error: unknown, where: string): void => log.error({ err: error, where }, 'a part failed');
  // The database is being opened already: whatever fails from here on, it is closed and its folder is free again.
  const cleanUp: CleanUp[] = [async () => (await opening.catch(() => undefined))?.close()];
  let stopping = false;
  const stop = (): Promise<void> => {
    stopping = true;
    return closeAll(cleanUp);
  };
  try {
    const version = readVersion(new URL('../package.json', import.meta.url), process.env);
    const config = await loadSiteConfig(settings.configFile ?? join(repository, 'homepage.config.ts'));
    const database = await opening;
    const { db } = database;
    const embedded = database.kind === 'pglite';
    const storage = await openStorage(settings);
    const answers = new FirstAnswers(log);
    if (!embedded) answers.askStorage(storage);
    const cache = await openCache(settings, {
      onState: (state, error) => {
        // Whoever stops leaves it by itself.
        if (stopping) return;
        if (state === 'away') return log.warn(toLog(explainCacheError(error)), 'the cache is away');
        log.info('the cache is ready');
        // A user without the rights is told now, not when somebody reads.
        void cache.put('written at start', Buffer.alloc(0), 1);
      },
      onError: (error) => log.error(toLog(explainCacheError(error)), 'the cache refused'),
    });
    cleanUp.push(() => cache.close());
    // Embedded migrates by itself; on the platform only `homepage migrate` changes the schema.
    if (embedded) await migrateEmbedded({ settings, database, storage, program: version.version });
    const seeded = embedded && (await seedSample({ db, storage, timeZone: config.timeZone }));

    const port = settings.port || (await freePort(settings.host));
    const address = ownAddress({ ...settings, port });
    const origin = publicOrigin({ ...settings, port }, config.domain);
    const sessionKeys = settings.sessionKeys ?? (embedded ? ownSessionKeys(settings.dataDir) : undefined);
    const keyring = new Keyring(sessionKeys);
    const registry = new Registry();
    const backups = lookAfterBackups({ settings, embedded, log, registry });
    cleanUp.push(() => backups.stop());
    let certificate = settings.tls?.cert;
    const context = openContext({
      database,
      storage,
      cache,
      certificate: () => certificate,
      keyring,
      backups,
      notifiers: openNotifiers(settings, { ...config, email: config.owner.email }),
      config,
      origin,
      version,
      release: releaseOf({ version, config, origin, webBuild }),
      since,
      render: loadingRenderer ? await loadingRenderer : noRenderer,
      report,
    });
    const readiness = new Readiness();
    measureDocuments(context.documents, cache, registry);
    const app = await buildApp(context, {
      log,
      registry,
      stopping: () => readiness.stopping,
      webBuild: development ? undefined : webBuild,
      tls: settings.tls,
      tlsClients: settings.tlsClients,
      trustedProxies: settings.trustedProxies,
    });
    if (development) cleanUp.push(await development(app, context));
    await app.listen({ port, host: settings.host }).catch((error: unknown) => {
      throw cannotListen(error, settings.host, port);
    });
    cleanUp.push(() => app.close());

    const ops = await startOpsServer({
      host: settings.opsHost,
      port: settings.opsPort,
      // On a server a probe knows the port: another one would hide a healthy process from it.
      orNextFree: embedded,
      ready: () => readiness.check(),
      registry,
    });
    cleanUp.push(() => ops.close());
    const renewal = renewOnChange({
      files: settings.secretFiles,
      inUse: { ...settings, sessionKeys },
      read: readSettingsAgain,
      log,
      registry,
      parts: [
        {
          name: 'database',
          uses: (now) => now.database,
          renew: (now) => database.renew(now.database!).catch(explained),
        },
        { name: 'cache', uses: (now) => now.cache, renew: (now) => cache.renew(now.cache!) },
        { name: 'storage', uses: (now) => now.storage, renew: (now) => storage.renew(now.storage!) },
        { name: 'session', uses: (now) => now.sessionKeys, renew: (now) => keyring.renew(now.sessionKeys) },
        {
          name: 'backups',
          uses: (now) => siteTargets(now),
          renew: (now) => backups.renew(siteTargets(now)),
        },
        {
          name: 'server',
          last: true,
          uses: (now) => now.tls,
          renew(now) {
            renewServerTls(app.server, now.tls!);
            certificate = now.tls!.cert;
          },
        },
      ],
    });
    cleanUp.push(() => renewal.stop());
    cleanUp.push(() => readiness.stop());
    const schemaFits = readiness.waitForSchema(db, (reason) => answers.databaseSays(reason));
    // Embedded it was migrated above; on the platform `homepage migrate` may come later.
    await (embedded ? schemaFits : answers.wait(schemaFits));
    if (!embedded) void schemaFits.then(() => warn(log, async () => readiness.stopping || compareClocks(db)));
    const { tls } = settings;
    if (tls) void warn(log, () => requireLife(tls, settings.secretFiles[0]!));
    void schemaFits.then(() => stopping || context.outbox.start());
    cleanUp.push(() => context.outbox.stop());
    const index = keepIndexed({ db, language: config.language, onError: report });
    cleanUp.push(() => index.stop());
    const watch = watchContent(db, cache, (content) => {
      context.documents.invalidate(content);
      index.update();
    });
    cleanUp.push(() => watch.stop());
    const rendering = new AbortController();
    const rendered = schemaFits
      .then(() =>
        rerenderStale(db, {
          signal: rendering.signal,
          onUnreadable: (slug, error) =>
            log.warn({ err: error, slug }, 'an entry could not be rendered again'),
        }),
      )
      .catch((error: unknown) => log.error(error, 're-rendering failed'));
    cleanUp.push(() => {
      rendering.abort();
      return rendered;
    });

    cleanUp.push(async () => {
      readiness.stop();
      // Whoever sends visitors here has to see it first; until then they are answered.
      if (!embedded) await wait(UNREADY_BEFORE_CLOSE_MS);
    });

    return {
      address,
      opsAddress: `http://${settings.opsHost}:${ops.port}`,
      waitsFor: readiness.reason,
      seeded,
      dataDir: embedded ? settings.dataDir : null,
      report,
      stop,
    };
  } catch (error) {
    await stop().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

/** @throws Problem, where the cause is known */
function explained(error: unknown): never {
  throw explainDatabaseError(error) ?? error;
}

/** Longer than a probe's period and the time until its verdict has reached every proxy. */
const UNREADY_BEFORE_CLOSE_MS = 5_000;

type CleanUp = () => Promise<unknown> | void;

/** Closes the newest first, and all of them: one that fails must not keep the database and its lock open. */
export async function closeAll(steps: CleanUp[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps.toReversed()) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several parts failed to close');
}

const noRenderer: Renderer = () => Promise.reject(new Error('no renderer in development'));

const cannotListen = (error: unknown, host: string, port: number): unknown =>
  explainListenError(error, { host, port, fields: { host: 'HOST', port: 'PORT' } }) ?? error;

/** PORT=0 asks for any free port; the site's own address must be known before it listens. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening').catch((error: unknown) => {
    throw cannotListen(error, host, 0);
  });
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
