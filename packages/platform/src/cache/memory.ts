import { EventEmitter } from 'node:events';
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Cache, Count } from './cache.ts';

const MOST_BYTES = 16 * 1024 * 1024;
/** Strangers choose what is counted: the oldest go first. */
const MOST_COUNTS = 10_000;

export function openMemoryCache(): Cache {
  const values = new LRUCache<string, Buffer>({
    maxSize: MOST_BYTES,
    sizeCalculation: (value, key) => value.length + key.length + 1,
  });
  const claims = new LRUCache<string, true>({ max: MOST_COUNTS });
  const counts = new LRUCache<string, { count: number; endsAt: number }>({ max: MOST_COUNTS });
  const secret = randomBytes(32);
  const channels = new EventEmitter().setMaxListeners(0);

  return {
    kind: 'memory',
    secret: () => secret,
    async get(key) {
      return values.get(key);
    },
    async put(key, value, seconds) {
      values.set(key, value, { ttl: seconds * 1000 });
    },
    async remove(key) {
      values.delete(key);
      claims.delete(key);
    },
    async claim(key, seconds) {
      if (claims.has(key)) return false;
      claims.set(key, true, { ttl: seconds * 1000 });
      return true;
    },
    async count(key, seconds): Promise<Count> {
      const now = performance.now();
      const seen = counts.get(key);
      const window = seen && seen.endsAt > now ? seen : { count: 0, endsAt: now + seconds * 1000 };
      window.count++;
      counts.set(key, window);
      return { count: window.count, seconds: Math.ceil(Math.round(window.endsAt - now) / 1000) };
    },
    async announce(channel) {
      channels.emit(channel);
    },
    listen(channel, listener) {
      channels.on(channel, listener);
    },
    async status(channel) {
      return { ok: true, version: null, listeners: Math.min(1, channels.listenerCount(channel)) };
    },
    async renew() {},
    async close() {
      channels.removeAllListeners();
      values.clear();
    },
  };
}
