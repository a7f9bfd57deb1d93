/**
 * CACHE_URL: `valkeys://user:password@host:6379`, or with Sentinels
 * `valkeys+sentinel://user:password@host:26379,host:26379/master`. Without the s at its end nothing is encrypted.
 */
import type { Tls } from '../secrets/secret-files.ts';
import type { Address, CacheTarget } from './cache.ts';

export const CACHE_SHAPE =
  'must be an address such as valkeys://user:password@host:6379, or valkeys+sentinel://user:password@host:26379,host:26379/master';

const PROTOCOL = /^(valkey|redis|rediss|valkeys)(\+sentinel)?:\/\//;

export const isCacheAddress = (address: string): boolean => parse(address) !== undefined;

/** @param address one that `isCacheAddress` takes */
export function cacheAt(address: string, tls: Tls | undefined): CacheTarget {
  const { isSecure, ...target } = parse(address)!;
  return { ...target, tls: isSecure ? (tls ?? {}) : undefined };
}

function parse(address: string): (CacheTarget & { isSecure: boolean }) | undefined {
  const [start, scheme, sentinel] = PROTOCOL.exec(address) ?? [];
  if (start === undefined) return undefined;
  // What follows the host of an ordinary address is not ours to read; with Sentinels it is more of them.
  const [hosts, path] = sentinel ? split(address.slice(start.length)) : [[address.slice(start.length)], ''];
  const addresses = hosts.map((host) => `valkey://${host}`);
  if (!addresses.every((one) => URL.canParse(one))) return undefined;
  const urls = addresses.map((one) => new URL(one));
  if (urls.some(({ hostname }) => hostname === '')) return undefined;
  const { username, password } = urls[0]!;
  const access = {
    user: decode(username) || undefined,
    password: decode(password) || undefined,
    isSecure: /^(valkeys|rediss)$/.test(scheme!),
  };
  if (!sentinel) return { ...addressOf(urls[0]!, 6379), ...access };
  const master = decode(path);
  if (!/^[\w.-]+$/.test(master) || urls.some(({ pathname, search, hash }) => pathname + search + hash !== ''))
    return undefined;
  return { sentinels: urls.map((url) => addressOf(url, 26379)), master, ...access };
}

/** `user:password@host,host/master` */
function split(text: string): [hosts: string[], path: string] {
  const slash = text.lastIndexOf('/');
  const [hosts, path] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
  const at = hosts.lastIndexOf('@') + 1;
  const [first = '', ...others] = hosts.slice(at).split(',');
  return [[hosts.slice(0, at) + first, ...others], path];
}

function addressOf({ hostname, port }: URL, usualPort: number): Address {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usualPort) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
