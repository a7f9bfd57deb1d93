/**
 * How many messages are taken: a few from one address, many from all together; replicas count together. Addresses are not
 * kept: only a keyed hash is, in the cache, for as long as the window lasts, and the key is not in the cache.
 */
import { createHmac } from 'node:crypto';
import type { Cache } from '@homepage/platform';

export type Window = { most: number; seconds: number };

export class ContactLimit {
  #cache: Cache;
  #one: Window;
  #all: Window;

  constructor(
    cache: Cache,
    one: Window = { most: 5, seconds: 600 },
    all: Window = { most: 300, seconds: 3600 },
  ) {
    this.#cache = cache;
    this.#one = one;
    this.#all = all;
  }

  /** @returns undefined when the message may be taken, else the seconds to wait */
  async take(address: string): Promise<number | undefined> {
    const mine = createHmac('sha256', this.#cache.secret()).update(networkOf(address)).digest('base64url');
    // One who is refused does not use up what all have.
    return (await this.#count(mine, this.#one)) ?? (await this.#count('everybody', this.#all));
  }

  /** Windows begin with their first message: who tries too early does not make the wait longer. */
  async #count(key: string, { most, seconds }: Window): Promise<number | undefined> {
    const counted = await this.#cache.count(`contact:${key}`, seconds);
    return counted.count > most ? counted.seconds : undefined;
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
