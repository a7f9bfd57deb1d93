/** Sentinels watch several Valkeys, make another one the master when it is gone, and say which one it is. */
import type { Redis } from 'ioredis';
import type { Address } from './cache.ts';

/** @param connect opens a connection to one of them, which is closed here */
export async function askSentinels(
  { sentinels, master }: { sentinels: Address[]; master: string },
  connect: (sentinel: Address) => Redis,
): Promise<Address> {
  const answers = await Promise.allSettled(sentinels.map((sentinel) => askOne(connect(sentinel), master)));
  const named = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const known = named.filter((address) => address !== null);
  if (known.length > 0) return mostNamed(known);
  if (named.length > 0) throw new MasterUnknown(master);
  throw (answers[0] as PromiseRejectedResult).reason;
}

/** They answer, and watch nothing of this name. */
export class MasterUnknown extends Error {
  constructor(master: string) {
    super(`No Sentinel knows a master "${master}"`);
  }
}

async function askOne(redis: Redis, master: string): Promise<Address | null> {
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => (lastError = error));
  try {
    await redis.connect();
    const answer = (await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master)) as string[] | null;
    return answer && { host: answer[0]!, port: Number(answer[1]) };
  } catch (error) {
    // "Connection is closed" says less than why.
    throw lastError ?? error;
  } finally {
    redis.disconnect();
  }
}

/**
 * One that was cut off from the others still names the master of before: it is outvoted when two others answer. Of two answers
 * that differ the first counts. Where that is the old master, it says so as soon as it is a copy, and all are asked anew.
 */
function mostNamed(addresses: Address[]): Address {
  const votes = (one: Address): number =>
    addresses.filter(({ host, port }) => host === one.host && port === one.port).length;
  return addresses.reduce((best, one) => (votes(one) > votes(best) ? one : best));
}
