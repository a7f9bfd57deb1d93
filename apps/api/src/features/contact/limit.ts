/**
 * How many messages are taken: a few from one address, many from all together. Addresses are not kept: only a keyed
 * hash is, in memory, for as long as the window lasts, and the key goes with the process.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export type Window = { most: number; seconds: number };

const EVERYBODY = 'everybody';

export class ContactLimit {
  #secret = randomBytes(32);
  #one: Window;
  #all: Window;
  #counts = new LRUCache<string, { count: number; endsAt: number }>({ max: 10_000 });

  constructor(one: Window = { most: 5, seconds: 600 }, all: Window = { most: 300, seconds: 3600 }) {
    this.#one = one;
    this.#all = all;
  }

  /** @returns undefined when the message may be taken, else the seconds to wait */
  take(address: string): number | undefined {
    const mine = createHmac('sha256', this.#secret).update(networkOf(address)).digest('base64url');
    const now = performance.now();
    const wait = this.#wait(mine, this.#one, now) ?? this.#wait(EVERYBODY, this.#all, now);
    if (wait !== undefined) return wait;
    this.#count(mine, this.#one, now);
    this.#count(EVERYBODY, this.#all, now);
    return undefined;
  }

  #wait(key: string, { most }: Window, now: number): number | undefined {
    const seen = this.#counts.get(key);
    if (!seen || seen.endsAt <= now || seen.count < most) return undefined;
    return Math.ceil((seen.endsAt - now) / 1000);
  }

  #count(key: string, { seconds }: Window, now: number): void {
    const seen = this.#counts.get(key);
    if (seen && seen.endsAt > now) seen.count++;
    else this.#counts.set(key, { count: 1, endsAt: now + seconds * 1000 });
  }
}

/** One subscriber has a whole /64 of IPv6 addresses. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
