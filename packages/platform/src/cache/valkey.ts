/** Valkey over TLS, one or the master that Sentinels name. A server that is away or hangs costs a request one short wait, then nothing until it answers again. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis';
import type { Address, Cache, CacheOptions, CacheTarget } from './cache.ts';
import { openMemoryCache } from './memory.ts';
import { askSentinels } from './sentinel.ts';

/** Every key and channel begins so: the users' rights are for these only. */
const PREFIX = 'homepage:';
/** It answers in less than a millisecond; who does not in this time hangs, and asking the database is quicker. */
const ANSWER_WITHIN_MS = 250;
const CONNECT_WITHIN_MS = 2_000;
/** All are asked at once; one that hangs must not use up the time to connect. */
const SENTINEL_WITHIN_MS = 500;
const MOST_RECONNECT_MS = 1_000;
const TELL_AGAIN_AFTER_MS = 60_000;
/** How long the old connections go on after new ones took over: longer than any answer takes. */
const OLD_ONES_END_AFTER_MS = 1_000;

/** One asks, one listens: a connection that listens can do nothing else. */
type Connections = { target: CacheTarget; commands: Redis; listening: Redis };

export function openValkeyCache(first: CacheTarget, { onState, onError }: CacheOptions = {}): Cache {
  const alone = openMemoryCache();
  const listeners = new Map<string, (() => void)[]>();
  let away: boolean | undefined;
  let lastError: Error | undefined;
  let told = { message: '', at: -Infinity };
  const ownSecret = randomBytes(32);
  let left: unknown;
  let current = open(first);

  /** Each request may meet the same refusal: it is told once a minute. */
  function tellError(error: Error): void {
    if (error.message === told.message && performance.now() - told.at < TELL_AGAIN_AFTER_MS) return;
    told = { message: error.message, at: performance.now() };
    onError?.(error);
  }

  function open(target: CacheTarget): Connections {
    const opened = { target, commands: connect(target), listening: connect(target) };
    const { commands, listening } = opened;
    const tell = (isAway: boolean): void => {
      // Those that were replaced have nothing to say any more.
      if (opened !== current || away === isAway) return;
      away = isAway;
      onState?.(isAway ? 'away' : 'ready', lastError);
    };
    commands.on('ready', () => {
      tell(false);
      // A master that hangs keeps its listeners: they follow to the one that announcements go to now.
      if (listening.status === 'ready' && placeOf(listening) !== placeOf(commands))
        listening.disconnect(true);
    });
    commands.on('close', () => tell(true));
    commands.on('error', (error: Error) => (lastError = error));
    listening.on('error', () => {}); // told once, above
    listening.on('message', (channel: string) => listeners.get(channel)?.forEach((listener) => listener()));
    // What was announced while nobody could listen is unknown: look.
    listening.on('ready', () => [...listeners.values()].flat().forEach((listener) => listener()));
    return opened;
  }

  /** Many may find out at once that it hangs; its connection is left once. */
  function leave(commands: Redis): void {
    if (commands.stream === left) return;
    left = commands.stream;
    commands.disconnect(true);
  }

  /** @returns undefined when the cache is away */
  async function ask<Answer>(question: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined> {
    const { commands } = current;
    if (commands.status !== 'ready') return undefined;
    try {
      return await question(commands);
    } catch (error) {
      lastError = error as Error;
      // Commands that wait behind a hanging one would each wait as long: the next ones find it away.
      // One that became a replica takes no writes: the Sentinels are asked again.
      if (isTimeout(error) || isReplica(error)) leave(commands);
      else if (!isConnectionLost(error)) tellError(lastError);
      return undefined;
    }
  }

  return {
    kind: 'valkey',
    // Without a password there is nothing that the others have and the cache has not: limits are each process's own.
    secret: () => (current.target.password ? sharedSecret(current.target.password) : ownSecret),
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
      const { listening } = current;
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
    async renew(target) {
      const next = open(target);
      try {
        await Promise.all([answering(next.commands), answering(next.listening)]);
        if (listeners.size > 0) await next.listening.subscribe(...listeners.keys());
      } catch (error) {
        end(next);
        throw error;
      }
      const before = current;
      current = next;
      away = false;
      setTimeout(end, OLD_ONES_END_AFTER_MS, before).unref();
    },
    async close() {
      await alone.close();
      end(current);
    },
  };
}

function end({ commands, listening }: Connections): void {
  commands.disconnect();
  listening.disconnect();
}

/** @throws Error when it cannot be reached, or does not let us in */
async function answering(redis: Redis): Promise<void> {
  await once(redis, 'ready', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS + ANSWER_WITHIN_MS) });
  await redis.ping();
}

/**
 * The client listens for one error of a connection. TLS may tell two (our verdict about the server, then the server's
 * complaint about how we left), and one that nobody listens to would end the process.
 */
class Connector extends AbstractConnector {
  readonly #options: ConnectionOptions;

  constructor(options: unknown) {
    super(CONNECT_WITHIN_MS);
    this.#options = options as ConnectionOptions;
  }

  async connect(): Promise<Socket> {
    this.connecting = true;
    const { find, tls } = this.#options;
    const place = await Promise.resolve()
      .then(find)
      .catch((error: Error) => error);
    if (place instanceof Error) return this.#failed(place);
    const { host, port } = place;
    // The client gave up while we asked.
    if (!this.connecting) throw new Error('Connection is closed.');
    const stream = tls ? connectTls({ host, port, ...tls }) : connectPlain({ host, port });
    stream.on('error', (error) => (this.firstError ??= error));
    this.stream = stream;
    return stream;
  }

  /** As a connection that failed: a connector that throws would never be asked again. */
  #failed(error: Error): Socket {
    this.firstError = error;
    this.stream = new Socket().destroy();
    return this.stream as Socket;
  }
}

type ConnectionOptions = Pick<RedisOptions, 'tls'> & {
  /** asked before each connection */
  find: () => Address | Promise<Address>;
};

function connect(target: CacheTarget): Redis {
  const find = (): Address | Promise<Address> =>
    'sentinels' in target ? askSentinels(target, (sentinel) => connectToSentinel(target, sentinel)) : target;
  return new Redis({
    ...signIn(target, find),
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    // While it is away requests go on without it at once; none waits in a queue.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(times * 50, MOST_RECONNECT_MS),
  });
}

function connectToSentinel(target: CacheTarget, sentinel: Address): Redis {
  return new Redis({
    ...signIn(target, () => sentinel),
    lazyConnect: true,
    connectTimeout: SENTINEL_WITHIN_MS,
    commandTimeout: SENTINEL_WITHIN_MS,
    retryStrategy: null,
  });
}

function signIn({ user, password, tls }: CacheTarget, find: ConnectionOptions['find']): RedisOptions {
  const options: RedisOptions & ConnectionOptions = {
    find,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls && { tls: { ...tls, minVersion: 'TLSv1.3' } }),
    Connector,
    enableReadyCheck: false,
  };
  return options;
}

function placeOf({ stream }: Redis): string {
  const { remoteAddress, remotePort } = stream as Socket;
  return `${remoteAddress} ${remotePort}`;
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Command timed out';
/** Within a transaction it is told at its end only. */
const isReplica = (error: unknown): boolean =>
  error instanceof Error && /^(READONLY|MASTERDOWN|EXECABORT)/.test(error.message);
const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error && /Connection is closed|Stream isn't writeable|ECONN|EPIPE/.test(error.message);

/** Made from the password: everybody who may use this cache has it, and the cache itself keeps only a hash of it. */
function sharedSecret(password: string): Buffer {
  return Buffer.from(hkdfSync('sha256', password, '', 'homepage limits', 32));
}
