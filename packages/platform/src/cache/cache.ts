/**
 * What replicas share and may lose: finished pages, who is making one just now, counts of limits, announcements.
 * Implementations: memory (one process), Valkey (platform). One suite runs on both. Nothing here throws because the
 * cache is away: reads find nothing, writes are dropped, limits are counted in memory, until it is back.
 */
import type { Tls } from '../secrets/secret-files.ts';
import { openMemoryCache } from './memory.ts';

export type Address = { host: string; port: number };

/** What is shown to who answers. */
type CacheAccess = {
  user?: string | undefined;
  password?: string | undefined;
  /** undefined: no TLS, for a server on the same machine; {}: TLS with the system's authorities */
  tls?: Partial<Tls> | undefined;
};

export type CacheServer = CacheAccess & Address;

/** Several Valkeys of which one is the master, and the Sentinels that say which; all take the same user and certificate. */
export type CacheSentinels = CacheAccess & {
  sentinels: Address[];
  /** its name, as in their `sentinel monitor` */
  master: string;
};

export type CacheTarget = CacheServer | CacheSentinels;

export type Count = { count: number; /** until it begins again */ seconds: number };

export type CacheStatus = {
  ok: boolean;
  version: string | null;
  /** processes that listen to a channel; null while the cache is away */
  listeners: number | null;
};

export type Cache = {
  kind: 'memory' | 'valkey';
  /** for keyed hashes: all who share this cache have the same, and it is not in the cache */
  secret(): Buffer;
  get(key: string): Promise<Buffer | undefined>;
  put(key: string, value: Buffer, seconds: number): Promise<void>;
  remove(key: string): Promise<void>;
  /**
   * Makes the caller the one who does something, until it is removed or the time is over.
   * @returns false when somebody else is it; true also when the cache is away, since then nobody can know
   */
  claim(key: string, seconds: number): Promise<boolean>;
  /** Counts one more in a window of this length, which begins with the first. */
  count(key: string, seconds: number): Promise<Count>;
  /** Says to all who listen that something happened. Some may miss it: they must look by themselves now and then. */
  announce(channel: string): Promise<void>;
  listen(channel: string, listener: () => void): void;
  status(channel: string): Promise<CacheStatus>;
  /**
   * Signs in anew, with another certificate or password or at another server.
   * @throws Error when that does not answer within seconds; then nothing changes
   */
  renew(target: CacheTarget): Promise<void>;
  close(): Promise<void>;
};

export type CacheOptions = {
  /** told when the cache goes away and when it is back */
  onState?: (state: 'ready' | 'away', error?: Error) => void;
  /** told of an answer that is a refusal: missing rights, no memory left */
  onError?: (error: unknown) => void;
};

/** Memory of this process, or the Valkey that the settings or Sentinels name. Does not wait for it. */
export async function openCache(
  { cache }: { cache?: CacheTarget | undefined },
  options: CacheOptions = {},
): Promise<Cache> {
  if (!cache) return openMemoryCache();
  // Loaded where it is needed only.
  const { openValkeyCache } = await import('./valkey.ts');
  return openValkeyCache(cache, options);
}
