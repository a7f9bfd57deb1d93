/** Valkey over TLS. A server that is away or hangs costs a request one short wait, then nothing until it answers again. */
import { hkdfSync } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import type { Cache, CacheOptions, CacheServer } from './cache.ts';
import { openMemoryCache } from './memory.ts';

/** Every key and channel begins so: the users' rights are for these only. */
const PREFIX = 'homepage:';
/** It answers in less than a millisecond; who does not in this time hangs, and asking the database is quicker. */
const ANSWER_WITHIN_MS = 250;
const CONNECT_WITHIN_MS = 2_000;
const MOST_RECONNECT_MS = 1_000;

export function openValkeyCache(server: CacheServer, { onState, onError }: CacheOptions = {}): Cache {
  const commands = connect(server);
  // A connection that listens can do nothing else.
  const listening = connect(server);
  const alone = openMemoryCache();
  const listeners = new Map<string, (() => void)[]>();
  let away: boolean | undefined;
  let lastError: Error | undefined;

  function tell(now: boolean): void {
    if (away === now) return;
    away = now;
    onState?.(now ? 'away' : 'ready', lastError);
  }
  commands.on('ready', () => tell(false));
  commands.on('close', () => tell(true));
  commands.on('error', (error: Error) => (lastError = error));
  listening.on('error', () => {}); // told once, above
  listening.on('message', (channel: string) => listeners.get(channel)?.forEach((listener) => listener()));
  // What was announced while nobody could listen is unknown: look.
  listening.on('ready', () => [...listeners.values()].flat().forEach((listener) => listener()));

  /** @returns undefined when the cache is away */
  async function ask<Answer>(question: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined> {
    if (commands.status !== 'ready') return undefined;
    try {
      return await question(commands);
    } catch (error) {
      lastError = error as Error;
      // Commands that wait behind a hanging one would each wait as long: the next ones find it away.
      if (isTimeout(error)) commands.disconnect(true);
      else if (!isConnectionLost(error)) onError?.(error);
      return undefined;
    }
  }

  return {
    kind: 'valkey',
    secret: sharedSecret(server),
    get: async (key) => (await ask((redis) => redis.getBuffer(PREFIX + key))) ?? undefined,
    async put(key, value, seconds) {
      await ask((redis) => redis.set(PREFIX + key, value, 'EX', seconds));
    },
    async remove(key) {
      await ask((redis) => redis.del(PREFIX + key));
    },
    async claim(key, seconds) {
      const answer = await ask((redis) => redis.set(PREFIX + key, '', 'EX', seconds, 'NX'));
      return answer !== null;
    },
    async count(key, seconds) {
      const answers = await ask((redis) =>
        redis
          .multi()
          .set(PREFIX + key, 0, 'EX', seconds, 'NX')
          .incr(PREFIX + key)
          .pttl(PREFIX + key)
          .exec(),
      );
      const [, counted, left] = answers ?? [];
      if (!counted || counted[0] || !left) return alone.count(key, seconds);
      return { count: counted[1] as number, seconds: Math.ceil((left[1] as number) / 1000) };
    },
    async announce(channel) {
      await ask((redis) => redis.publish(PREFIX + channel, ''));
    },
    listen(channel, listener) {
      const name = PREFIX + channel;
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      // Again after each reconnect; the client does that by itself.
      const subscribe = (): void => void listening.subscribe(name).catch(() => {});
      if (listening.status === 'ready') subscribe();
      else listening.once('ready', subscribe);
    },
    async status(channel) {
      const info = await ask((redis) => redis.info('server'));
      const numbers = await ask((redis) => redis.pubsub('NUMSUB', PREFIX + channel));
      return {
        ok: info !== undefined,
        version: /^valkey_version:(\S+)/m.exec(info ?? '')?.[1] ?? null,
        listeners: Array.isArray(numbers) ? Number(numbers[1]) : null,
      };
    },
    async close() {
      await alone.close();
      commands.disconnect();
      listening.disconnect();
    },
  };
}

function connect({ host, port, user, password, tls }: CacheServer): Redis {
  const options: RedisOptions = {
    host,
    port,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls && { tls: { ...tls, minVersion: 'TLSv1.3' } }),
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    // While it is away requests go on without it at once; none waits in a queue.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(times * 50, MOST_RECONNECT_MS),
  };
  return new Redis(options);
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Command timed out';
const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error && /Connection is closed|Stream isn't writeable|ECONN|EPIPE/.test(error.message);

/** Made from the password: everybody who may use this cache has it, and the cache itself keeps only a hash of it. */
function sharedSecret({ password = '' }: CacheServer): Buffer {
  return Buffer.from(hkdfSync('sha256', password, '', 'homepage limits', 32));
}
