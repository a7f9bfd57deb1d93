import type { Kysely } from 'kysely';
import type { ContactForm, SiteData } from '@homepage/contract';
import type { Cache, Storage } from '@homepage/platform';
import type { SiteConfig } from '@homepage/platform/config';
import type { Outbox, Tables } from '@homepage/site';
import type { Documents } from './documents/documents.ts';

/** What every feature may use. */
export type Context = {
  config: SiteConfig;
  /** public origin without trailing slash */
  origin: string;
  db: Kysely<Tables>;
  storage: Storage;
  /** what replicas share and may lose */
  cache: Cache;
  data: SiteData;
  documents: Documents;
  outbox: Outbox;
  /** the page /contact with what was typed */
  renderContact(form: ContactForm): Promise<Response>;
};
