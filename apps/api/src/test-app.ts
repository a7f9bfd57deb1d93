/** The real application on a fresh embedded database, for tests. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino, type Logger } from 'pino';
import { Registry } from 'prom-client';
import { Keyring, type Tls } from '@homepage/platform';
import { checkSiteConfig, type SiteConfigInput } from '@homepage/platform/config';
import { saveEntry, type EntryInput } from '@homepage/site';
import { makeEntry, openTestSite, type TestSite } from '@homepage/testkit';
import { buildApp } from './app.ts';
import type { Documents } from './documents/documents.ts';
import { loadRenderer, type Renderer } from './documents/renderer.ts';
import { openContext } from './open-context.ts';
import { repository } from './open-database.ts';

export type TestApp = {
  app: FastifyInstance;
  site: TestSite;
  documents: Documents;
  registry: Registry;
  keyring: Keyring;
  /** saves a published post; fields replace the defaults */
  post(slug: string, fields?: Partial<EntryInput>): Promise<void>;
  close(): Promise<void>;
};

const webBuild = join(repository, 'apps/web/build');

/**
 * @param pages with the web build; without it only /api and media answer
 * @param changes of the configuration
 */
export async function openTestApp({
  pages,
  config: changes,
  log = pino({ level: 'silent' }),
  stopping = () => false,
  report = console.error,
  tls,
  tlsClients,
}: {
  pages: boolean;
  config?: Partial<SiteConfigInput>;
  log?: Logger;
  stopping?: () => boolean;
  report?: (error: unknown, where: string) => void;
  tls?: Tls;
  tlsClients?: string[];
}): Promise<TestApp> {
  const site = await openTestSite();
  const { db, storage, cache } = site;
  const config = checkSiteConfig({
    domain: 'site.test',
    name: 'Test site',
    description: 'A site for tests.',
    owner: { name: 'Tester', github: 'tester' },
    postsPerPage: 10,
    ...changes,
  });
  const render: Renderer = pages
    ? await loadRenderer(webBuild)
    : () => Promise.reject(new Error('this test has no pages'));
  const keyring = new Keyring({ current: randomBytes(32), previous: undefined });
  const context = openContext({
    database: { db, kind: site.kind },
    storage,
    cache,
    keyring,
    backups: { lastVerifiedAt: () => null },
    notifiers: [],
    config,
    origin: 'http://site.test',
    version: { version: '0.0.0', commit: null, digest: null },
    release: 'test',
    since: new Date(),
    render,
    report,
  });
  const { documents } = context;
  const registry = new Registry();
  const app = await buildApp(context, {
    log,
    registry,
    stopping,
    tls,
    tlsClients,
    webBuild: pages ? webBuild : undefined,
    trustedProxies: ['10.0.0.0/8'],
  });
  return {
    app,
    site,
    documents,
    registry,
    keyring,
    async post(slug, fields) {
      await saveEntry(db, makeEntry({ slug, ...fields }));
      documents.invalidate();
    },
    async close() {
      await app.close();
      await site.close();
    },
  };
}
