/** What the routes work with, made from what is open already: the same for the site and for its tests. */
import { join } from 'node:path';
import type { ContactForm } from '@homepage/contract';
import {
  explainDatabaseError,
  type Cache,
  type Database,
  type Keyring,
  type Notifier,
  type Storage,
} from '@homepage/platform';
import type { SiteConfig } from '@homepage/platform/config';
import { Outbox, Previews, siteData, type Tables } from '@homepage/site';
import type { Context } from './context.ts';
import { Documents } from './documents/documents.ts';
import type { PagePlatform, Renderer } from './documents/renderer.ts';
import { SharedDocuments } from './documents/shared.ts';
import { withSources } from './documents/sources.ts';
import { repository } from './open-database.ts';
import { platformStatus } from './platform-status.ts';
import { withoutToken } from './documents/routes.ts';
import { RETRY_AFTER_SECONDS } from './problems.ts';
import type { Version } from './version.ts';

export type ContextParts = {
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  storage: Storage;
  cache: Cache;
  /** this service's own certificate just now, as PEM */
  certificate?: () => string | undefined;
  /** what links to drafts are signed with */
  keyring: Keyring;
  backups: { lastVerifiedAt(): Date | null };
  /** who is told of a message */
  notifiers: Notifier[];
  config: SiteConfig;
  /** public origin without trailing slash */
  origin: string;
  version: Version;
  /** of everything that pages are made with, besides the content */
  release: string;
  since: Date;
  render: Renderer;
  /** logs a failure; `where` is a path or a part */
  report: PagePlatform['report'];
};

export function openContext(parts: ContextParts): Context {
  const { database, storage, cache, keyring, notifiers, config, origin, render, report } = parts;
  const { db } = database;
  const previews = new Previews(join(repository, '.cache'));
  // Pages read the data, the data has the state of the platform, and that counts the kept pages.
  const renderDocument = withSources({ db, config, origin, previews }, (url) => renderPage(url));
  // A memory of this process alone would only hold everything twice.
  const shared = cache.kind === 'memory' ? undefined : new SharedDocuments(cache, parts.release);
  // Put together as text: "//host/x" is a path of ours, and no other site's address.
  const documents = new Documents((address) => renderDocument(new URL(origin + address)), shared);
  const platform = platformStatus({ ...parts, documents });
  const data = siteData({ db, config, origin, platform, keyring });
  const outbox = new Outbox({ db, notifiers, keepDays: config.contact.keepDays, onError: report });
  const renderContact = (form: ContactForm): Promise<Response> =>
    renderPage(new URL('/contact', origin), form);
  return { config, origin, db, storage, cache, data, documents, outbox, renderContact };

  async function renderPage(url: URL, form?: ContactForm): Promise<Response> {
    let away = false;
    const response = await render(url, {
      data,
      form,
      report(error, path) {
        away ||= explainDatabaseError(error) !== undefined;
        report(error, withoutToken(path));
      },
    });
    return away && response.status === 500 ? unavailable(response) : response;
  }
}

/** The page says that something failed; programs (probes, caches, search engines) read that it will pass. */
function unavailable({ body, headers }: Response): Response {
  return new Response(body, { status: 503, headers: [...headers, ['retry-after', RETRY_AFTER_SECONDS]] });
}
