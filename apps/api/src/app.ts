/** The whole application: what it answers, in the order it is asked. main.ts only starts and stops it. */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { Tls } from '@homepage/platform';
import { watchAllowedMethods } from './allowed-methods.ts';
import { apiRules } from './api-rules.ts';
import { requestId } from './request-id.ts';
import { assetRoutes } from './assets.ts';
import { answerBrokenRequest, refuseCompressedBodies } from './broken-requests.ts';
import type { Context } from './context.ts';
import { documentRoutes, PAGES_BELOW_API } from './documents/routes.ts';
import { SOURCE_ADDRESSES } from './documents/sources.ts';
import { contactRoutes } from './features/contact/routes.ts';
import { descriptionRoutes } from './features/description/routes.ts';
import { mediaRoutes } from './features/media/routes.ts';
import { pageRoutes } from './features/pages/routes.ts';
import { platformRoutes } from './features/platform/routes.ts';
import { postRoutes } from './features/posts/routes.ts';
import { projectRoutes } from './features/projects/routes.ts';
import { searchRoutes } from './features/search/routes.ts';
import { siteRoutes } from './features/site/routes.ts';
import { tagRoutes } from './features/tags/routes.ts';
import { measureRequests } from './ops/http-metrics.ts';
import { addProblemHandlers, notFound, sendFrameworkProblem, sendProblem } from './problems.ts';
import { securityHeaders } from './security-headers.ts';
import { admitOnly, serverTls } from './server-tls.ts';

/** Below /api nothing else is a page than its own description (PAGES_BELOW_API). */
const NO_SUCH_API = '/api/*';

export type AppOptions = {
  log: FastifyBaseLogger;
  /** takes the measurements of requests */
  registry: Registry;
  /** true from the moment that no new visitor should come */
  stopping: () => boolean;
  /** the site's own certificate; with it only its clients get in, with one of the same authority. undefined: plain HTTP */
  tls?: Tls | undefined;
  /** common names of those who may come in where there is a certificate; nobody by default */
  tlsClients?: string[] | undefined;
  /** networks whose X-Forwarded-For is believed */
  trustedProxies?: string[] | undefined;
  /** folder of the web build; undefined: no pages (API tests, development) */
  webBuild: string | undefined;
};

export async function buildApp(context: Context, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    https: options.tls ? serverTls(options.tls) : null,
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    genReqId: requestId,
    // Until the last moment: a visitor whose request is on its way is answered.
    return503OnClosing: false,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 1500 },
    // Else Fastify loads two of its own, which are large, before it hears of those below.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    frameworkErrors: sendFrameworkProblem,
    clientErrorHandler: answerBrokenRequest,
    trustProxy: options.trustedProxies ?? false,
  });
  if (options.tls) admitOnly(app.server, { clients: options.tlsClients ?? [], ...options });
  // JSON is all that any address takes; whoever takes more adds it.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const headers = securityHeaders({ https: context.origin.startsWith('https:') });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
    // A connection that is kept would be cut in the middle of its next request.
    if (options.stopping()) reply.header('connection', 'close');
  });
  measureRequests(app, options.registry);
  refuseCompressedBodies(app);
  const allowedMethods = watchAllowedMethods(app, NO_SUCH_API);
  addProblemHandlers(app, allowedMethods);
  apiRules(app, context.config.api, allowedMethods);

  descriptionRoutes(app, context);
  siteRoutes(app, context);
  postRoutes(app, context);
  projectRoutes(app, context);
  pageRoutes(app, context);
  tagRoutes(app, context);
  searchRoutes(app, context);
  platformRoutes(app, context);
  if (context.config.features.contact) contactRoutes(app, context);
  app.get(NO_SUCH_API, (_request, reply) => sendProblem(reply, notFound()));

  mediaRoutes(app, context);
  if (options.webBuild) {
    await assetRoutes(app, options.webBuild);
    documentRoutes(app, context, ['*', ...PAGES_BELOW_API]);
  } else documentRoutes(app, context, SOURCE_ADDRESSES);
  return app;
}

function noCompiler(): never {
  throw new Error('schemas are Zod schemas: no other compiler is asked for');
}
