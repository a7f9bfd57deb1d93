/**
 * Answers as final bytes: pages, their data and the JSON of the API, compressed once, kept until content changes. Kept in
 * the memory of this process, and where there are replicas in the cache that they share. A page that was rendered before
 * is still served when a new rendering fails.
 */
import { createHash, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Problem } from '@homepage/platform';
import { Load, type LoadStats } from '../load.ts';
import { bodies, type Document } from './document.ts';
import type { SharedDocuments } from './shared.ts';

/**
 * Makes the document of an address: an answer as it is, or the JSON text of one of the API that is fine.
 * @param address path and query, in the one spelling under which it is kept, e.g. "/api/v1/posts?limit=20"
 */
type Render = (address: string) => Promise<Response | string>;

type Entry = { version: string; document: Document };

/** Where an answer came from: this process, another one's work, made now, or an old copy since it could not be made. */
export type Origin = 'memory' | 'shared' | 'made' | 'stale';

const MAX_BYTES = 64 * 1024 * 1024;

export class Documents {
  #render: Render;
  #shared: SharedDocuments | undefined;
  #load = new Load();
  #cache = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    // identity, brotli and gzip together are about 1.6 times the page
    sizeCalculation: (entry) => Math.ceil(entry.document.bytes * 1.6) + 1024,
  });
  #flights = new Map<string, Promise<Document>>();
  // Nobody else's until the database was asked: what is made before that is fresh for nobody else.
  #version: string = randomUUID();
  #counts: Record<Origin, number> = { memory: 0, shared: 0, made: 0, stale: 0 };

  /** @param shared what the replicas keep for each other */
  constructor(render: Render, shared?: SharedDocuments) {
    this.#render = render;
    this.#shared = shared;
  }

  /**
   * Everything that was made before content became this version is out of date.
   * @param version the same in every replica (contentVersion)
   */
  invalidate(version: string = randomUUID()): void {
    this.#version = version;
  }

  /** A document rendered for this request alone: for pages that show the present moment. */
  async live(address: string, render = this.#render): Promise<Document> {
    const document = await this.unkept(address, render);
    return { ...document, headers: { ...document.headers, 'cache-control': 'no-store' } };
  }

  /** A document that is not kept here, since there are too many of its kind; others may keep it as it says. */
  async unkept(address: string, render = this.#render): Promise<Document> {
    return this.#load.share(() => render(address).then(toDocument));
  }

  /** A fresh or freshly rendered document; an outdated one when rendering fails and there is one. */
  async get(key: string, render = this.#render): Promise<Document> {
    // Read before rendering: content that changes meanwhile makes this document outdated at once.
    const version = this.#version;
    const cached = this.#cache.get(key);
    if (cached?.version === version) {
      this.#counts.memory++;
      return cached.document;
    }
    const flightKey = `${version} ${key}`;
    const flying = this.#flights.get(flightKey);
    if (flying) return flying;
    const flight = this.#refresh(key, version, () => render(key), cached?.document).finally(() =>
      this.#flights.delete(flightKey),
    );
    this.#flights.set(flightKey, flight);
    return flight;
  }

  stats(): {
    entries: number;
    hitRatio: number | null;
    origins: Record<Origin, number>;
    load: LoadStats;
  } {
    const { memory, shared, made, stale } = this.#counts;
    const total = memory + shared + made + stale;
    const hitRatio = total === 0 ? null : (memory + shared) / total;
    return { entries: this.#cache.size, hitRatio, origins: { ...this.#counts }, load: this.#load.stats() };
  }

  async #refresh(
    key: string,
    version: string,
    render: () => Promise<Response | string>,
    cached: Document | undefined,
  ): Promise<Document> {
    const found = await this.#shared?.find(key);
    if (found?.version === version) return this.#keep('shared', key, version, found.document);
    const stale = cached ?? found?.document;
    try {
      return await this.#load.share(async (waited) => {
        const since = waited ? await this.#shared?.find(key) : undefined;
        if (since?.version === version) return this.#keep('shared', key, version, since.document);
        return this.#make(key, version, render, stale);
      });
    } catch (error) {
      // "There is nothing here" is an answer; a failure is none.
      if (stale && !(error instanceof Problem && error.status < 500)) return this.#count('stale', stale);
      throw error;
    }
  }

  async #make(
    key: string,
    version: string,
    render: () => Promise<Response | string>,
    stale: Document | undefined,
  ): Promise<Document> {
    const turn = await this.#shared?.take(key, version);
    if (turn?.fresh) return this.#keep('shared', key, version, turn.fresh);
    try {
      const made = await render().then(toDocument);
      // Most pages are the same after a change elsewhere: what was compressed once is good still.
      const document = stale?.etag === made.etag ? { ...made, body: stale.body } : made;
      if (document.failed && stale) return this.#count('stale', stale);
      if (!isCacheable(document)) return this.#count('made', document);
      void turn?.made(document);
      return this.#keep('made', key, version, document);
    } finally {
      void turn?.over();
    }
  }

  #keep(origin: Origin, key: string, version: string, document: Document): Document {
    this.#cache.set(key, { version, document });
    return this.#count(origin, document);
  }

  #count(origin: Origin, document: Document): Document {
    this.#counts[origin]++;
    return document;
  }
}

function isCacheable(document: Document): boolean {
  return (
    (document.status === 200 || document.status === 410) && document.headers['cache-control'] === PAGE_CACHE
  );
}

/** For caches in front (nginx honours s-maxage and both stale rules); browsers ask again with the ETag. */
const PAGE_CACHE = 'public, max-age=0, s-maxage=1, stale-while-revalidate=2, stale-if-error=86400';

async function toDocument(made: Response | string): Promise<Document> {
  return typeof made === 'string' ? jsonDocument(Buffer.from(made)) : responseDocument(made);
}

/** Without the streams of a Response, which cost as much as a query. */
function jsonDocument(bytes: Buffer): Document {
  const headers = { 'content-type': 'application/json', 'cache-control': PAGE_CACHE };
  return { status: 200, headers, ...identityOf(bytes), failed: false };
}

const identityOf = (bytes: Buffer): Pick<Document, 'etag' | 'bytes' | 'body'> => ({
  etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
  bytes: bytes.length,
  body: bodies({ identity: bytes }),
});

async function responseDocument(response: Response): Promise<Document> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries([...response.headers].filter(([name]) => KEPT_HEADERS.has(name)));
  const type = headers['content-type'];
  if (type === 'text/html') headers['content-type'] = 'text/html; charset=utf-8';
  // Kit's plain answers name no type, and a browser would save them as a file.
  if (type === undefined && bytes.length > 0) headers['content-type'] = 'text/plain; charset=utf-8';
  const status = dataError(response, bytes) ?? response.status;
  headers['cache-control'] = cacheControl(response, status);
  return {
    status: response.status,
    headers,
    ...identityOf(bytes),
    failed: status >= 500,
  };
}

/** `link` is left out: the page names its files itself, and the header would repeat them. */
const KEPT_HEADERS = new Set([
  'content-type',
  'content-security-policy',
  'location',
  'cache-control',
  'last-modified',
  'retry-after',
]);

/** Old addresses lead on for good; the owner may still change their mind. */
const REDIRECT_CACHE = 'public, max-age=300, s-maxage=1';

/** @param status the one that data has inside, if it has */
function cacheControl(response: Response, status: number): string {
  if (status !== response.status) return 'no-store';
  // Kit marks data "private, no-store"; ours is the same for everyone.
  if (response.status === 200 && isData(response)) return PAGE_CACHE;
  const own = response.headers.get('cache-control');
  if (own) return own;
  if (status === 308) return REDIRECT_CACHE;
  return status === 200 || status === 410 ? PAGE_CACHE : 'no-store';
}

const isData = (response: Response): boolean =>
  response.headers.get('content-type')?.includes('json') ?? false;

/** The status of a failed load: data for client navigation answers 200 whatever happened. */
function dataError(response: Response, bytes: Buffer): number | undefined {
  if (!isData(response) || !bytes.includes('"type":"error"')) return undefined;
  const { nodes } = JSON.parse(bytes.toString()) as { nodes?: ({ type?: string; status?: number } | null)[] };
  const failed = nodes?.find((node) => node?.type === 'error');
  return failed ? (failed.status ?? 500) : undefined;
}
