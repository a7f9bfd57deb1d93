/**
 * Answers as final bytes: pages, their data and the JSON of the API, compressed once, kept until content changes.
 * A page that was rendered before is still served when a new rendering fails.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Problem } from '@homepage/platform';
import { encode, type Encoding } from './encodings.ts';

export type Document = {
  status: number;
  headers: Record<string, string>;
  etag: string;
  /** the body in this encoding */
  body(encoding: Encoding): Promise<Buffer>;
  bytes: number;
  /** a failure of ours, whatever its status says: data for client navigation has its status inside */
  failed: boolean;
};

/** Makes the document of an address. */
type Render = (url: URL) => Promise<Response>;

type Entry = { epoch: number; document: Document };

const MAX_BYTES = 64 * 1024 * 1024;

export class Documents {
  #render: Render;
  #cache = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    // identity, brotli and gzip together are about 1.6 times the page
    sizeCalculation: (entry) => Math.ceil(entry.document.bytes * 1.6) + 1024,
  });
  #flights = new Map<string, Promise<Document>>();
  #epoch = 0;
  #hits = 0;
  #misses = 0;

  constructor(render: Render) {
    this.#render = render;
  }

  /** Everything rendered so far is out of date. */
  invalidate(): void {
    this.#epoch++;
  }

  /** A document rendered for this request alone: for pages that show the present moment. */
  async live(url: URL, render = this.#render): Promise<Document> {
    const document = await this.unkept(url, render);
    return { ...document, headers: { ...document.headers, 'cache-control': 'no-store' } };
  }

  /** A document that is not kept here, since there are too many of its kind; others may keep it as it says. */
  async unkept(url: URL, render = this.#render): Promise<Document> {
    return toDocument(await render(url));
  }

  /** A fresh or freshly rendered document; an outdated one when rendering fails and there is one. */
  async get(url: URL, render = this.#render): Promise<Document> {
    const key = url.pathname + url.search;
    const cached = this.#cache.get(key);
    if (cached?.epoch === this.#epoch) {
      this.#hits++;
      return cached.document;
    }
    this.#misses++;
    const flightKey = `${this.#epoch} ${key}`;
    const flying = this.#flights.get(flightKey);
    if (flying) return flying;
    const flight = this.#refresh(key, url, render, cached?.document).finally(() =>
      this.#flights.delete(flightKey),
    );
    this.#flights.set(flightKey, flight);
    return flight;
  }

  stats(): { entries: number; hitRatio: number | null } {
    const total = this.#hits + this.#misses;
    return { entries: this.#cache.size, hitRatio: total === 0 ? null : this.#hits / total };
  }

  async #refresh(key: string, url: URL, render: Render, stale: Document | undefined): Promise<Document> {
    // Read before rendering: content that changes meanwhile makes this document outdated at once.
    const epoch = this.#epoch;
    const document = await render(url)
      .then(toDocument)
      .catch((error: unknown) => {
        // "There is nothing here" is an answer; a failure is none.
        if (stale && !(error instanceof Problem && error.status < 500)) return stale;
        throw error;
      });
    if (document.failed && stale) return stale;
    if (isCacheable(document)) this.#cache.set(key, { epoch, document });
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

async function toDocument(response: Response): Promise<Document> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries([...response.headers].filter(([name]) => KEPT_HEADERS.has(name)));
  const type = headers['content-type'];
  if (type === 'text/html') headers['content-type'] = 'text/html; charset=utf-8';
  // Kit's plain answers name no type, and a browser would save them as a file.
  if (type === undefined && bytes.length > 0) headers['content-type'] = 'text/plain; charset=utf-8';
  const status = dataError(response, bytes) ?? response.status;
  headers['cache-control'] = cacheControl(response, status);
  const bodies = new Map<Encoding, Promise<Buffer>>([['identity', Promise.resolve(bytes)]]);
  return {
    status: response.status,
    headers,
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    bytes: bytes.length,
    failed: status >= 500,
    body(encoding) {
      let body = bodies.get(encoding);
      if (!body) bodies.set(encoding, (body = encode(bytes, encoding)));
      return body;
    },
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
