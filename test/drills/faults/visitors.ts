/** Steady visitors: they read what was read before, ask for what nobody read yet, and write. Everything they saw is kept. */
import { createHash, randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Platform } from '@homepage/testkit/platform-shape';

/** Longer than nginx waits for an answer: whoever gets none by then was let down. */
const PATIENCE_MS = 30_000;
const READERS = 6;
const BETWEEN_READS_MS = 25;
const BETWEEN_QUESTIONS_MS = 200;
/** The contact form takes 300 in an hour from everybody together: enough for two minutes of a drill. */
const BETWEEN_WRITES_MS = 500;

const PAGES = ['/', '/posts', '/about', '/projects', '/tags', '/archive', '/privacy', '/contact'];
const FEEDS = ['/rss.xml', '/atom.xml', '/feed.json', '/sitemap.xml', '/api/v1/posts', '/api/v1/site'];

export type Seen = {
  reads: number;
  /** reads of what was read before the fault that were not answered with the same bytes; what happened to each */
  failedReads: string[];
  slowestReadSeconds: number;
  /** questions for pages that nobody read before */
  unread: { answered: number; unavailable: number; failed: string[] };
  /** the texts whose storing was acknowledged; how many were refused, and how many never got an answer */
  writes: { acknowledged: string[]; refused: number; unanswered: number };
};

/** what they need of a platform */
export type Visited = Pick<Platform, 'address' | 'replicas' | 'fetch'>;

export class Visitors {
  readonly #platform: Visited;
  readonly #hashes = new Map<string, string>();
  readonly #seen: Seen = {
    reads: 0,
    failedReads: [],
    slowestReadSeconds: 0,
    unread: { answered: 0, unavailable: 0, failed: [] },
    writes: { acknowledged: [], refused: 0, unanswered: 0 },
  };
  #going = true;
  #messages = 0;
  #questions = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(platform: Visited) {
    this.#platform = platform;
  }

  /** Reads everything once, at each replica and through nginx, and goes on from there. */
  async begin(): Promise<void> {
    const { address, replicas } = this.#platform;
    const { items } = (await (await this.#fetch(`${address}/api/v1/posts`)).json()) as {
      items: { url: string }[];
    };
    const paths = [...PAGES, ...FEEDS, ...items.map(({ url }) => new URL(url, address).pathname)];
    for (const path of paths) {
      for (const replica of replicas) await this.#body(replica.address + path);
      const body = await this.#body(address + path);
      this.#hashes.set(path, hash(body));
      for (const [picture] of body.toString().matchAll(/\/media\/[0-9a-f]{64}\/[\w.-]+/g))
        this.#hashes.set(picture, hash(await this.#body(address + picture)));
    }
    this.#work = Promise.all([
      ...Array.from({ length: READERS }, () =>
        this.#while(
          () => BETWEEN_READS_MS,
          () => this.#read(),
        ),
      ),
      this.#while(
        () => BETWEEN_QUESTIONS_MS,
        () => this.#ask(),
      ),
      this.#while(
        () => this.#betweenWritesMs(),
        () => this.write(),
      ),
    ]);
  }

  /** @returns all that they saw, once the last of them has an answer */
  async end(): Promise<Seen> {
    this.#going = false;
    await this.#work;
    return this.#seen;
  }

  /** Sends a message. @returns true when it was acknowledged */
  async write(): Promise<boolean> {
    const message = `Message ${++this.#messages} of a drill.`;
    const { writes } = this.#seen;
    try {
      const { status } = await this.#fetch(`${this.#platform.address}/api/v1/contact`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...someVisitor() },
        body: JSON.stringify({ name: 'A drill', message }),
      });
      if (status === 201) writes.acknowledged.push(message);
      else writes.refused++;
      return status === 201;
    } catch {
      writes.unanswered++;
      return false;
    }
  }

  async #read(): Promise<void> {
    const paths = [...this.#hashes.keys()];
    const path = paths[this.#seen.reads++ % paths.length]!;
    const start = performance.now();
    const fail = (what: string): void => void this.#seen.failedReads.push(`${path}: ${what}`);
    try {
      const answer = await this.#fetch(this.#platform.address + path);
      const body = Buffer.from(await answer.arrayBuffer());
      if (answer.status !== 200) fail(String(answer.status));
      else if (hash(body) !== this.#hashes.get(path)) fail('other bytes than before');
    } catch (error) {
      fail(String(error));
    }
    const seconds = (performance.now() - start) / 1000;
    this.#seen.slowestReadSeconds = Math.max(this.#seen.slowestReadSeconds, seconds);
  }

  /** A page that was never read may be missing for the moment, when it says so. */
  async #ask(): Promise<void> {
    const path = `/search?q=word${++this.#questions}`;
    const { unread } = this.#seen;
    try {
      const answer = await this.#fetch(this.#platform.address + path, { headers: someVisitor() });
      const text = await answer.text();
      if (answer.status === 200) unread.answered++;
      else if (answer.status === 503 && answer.headers.has('retry-after') && text.length > 0)
        unread.unavailable++;
      else unread.failed.push(`${path}: ${answer.status}`);
    } catch (error) {
      unread.failed.push(`${path}: ${String(error)}`);
    }
  }

  /** The site takes 300 an hour from everybody (docs/limits.md): in a long drill they come more slowly. */
  #betweenWritesMs(): number {
    return this.#messages < 150 ? BETWEEN_WRITES_MS : 2_000;
  }

  async #while(pauseMs: () => number, work: () => Promise<unknown>): Promise<void> {
    while (this.#going) {
      await work();
      await wait(pauseMs());
    }
  }

  async #body(url: string): Promise<Buffer> {
    const answer = await this.#fetch(url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status} before anything was done`);
    return Buffer.from(await answer.arrayBuffer());
  }

  #fetch(url: string, options: RequestInit = {}): Promise<Response> {
    return this.#platform.fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
  }
}

/** Limits are counted by address; visitors have one each. */
const someVisitor = (): Record<string, string> => ({
  'x-forwarded-for': `198.${randomInt(18, 20)}.${randomInt(256)}.${randomInt(1, 255)}`,
});

const hash = (body: Buffer): string => createHash('sha256').update(body).digest('base64');
