/** Where pages come from, and whether the cache that replicas share answers. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Cache } from '@homepage/platform';
import { CONTENT_CHANGED } from '../documents/content-watch.ts';
import type { Documents } from '../documents/documents.ts';

export function measureDocuments(documents: Documents, cache: Cache, registry: Registry): void {
  new Counter({
    name: 'homepage_documents_total',
    help: 'Pages answered: from memory, from the shared cache, made now, or stale since they could not be made.',
    labelNames: ['origin'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [origin, count] of Object.entries(documents.stats().origins)) this.inc({ origin }, count);
    },
  });
  new Gauge({
    name: 'homepage_documents_kept',
    help: 'Pages in the memory of this process.',
    registers: [registry],
    collect() {
      this.set(documents.stats().entries);
    },
  });
  new Counter({
    name: 'homepage_documents_refused_total',
    help: 'Pages that could not be made since there were too many at once; an old copy was shown, or a 503.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(documents.stats().load.refused);
    },
  });
  new Gauge({
    name: 'homepage_documents_in_flight',
    help: 'Pages that are being made, and those that wait to be.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { making, waiting } = documents.stats().load;
      this.set({ state: 'making' }, making);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  new Gauge({
    name: 'homepage_cache_up',
    help: '1 when the shared cache answers, or when there is none.',
    registers: [registry],
    async collect() {
      this.set((await cache.status(CONTENT_CHANGED)).ok ? 1 : 0);
    },
  });
}
