/** One fault on a platform of its own, under load: what visitors saw, when all was well again, what became of their writes. */
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from '@homepage/testkit';
import { startPlatform, type Platform, type PlatformOptions } from '@homepage/testkit/platform-shape';
import { makeNetwork, type Network } from '@homepage/testkit/services';
import type { Drill, Length, Outcome } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';
import { makeSmallDisk, type SmallDisk } from '../small-disk.ts';
import { Visitors, type Seen } from './visitors.ts';

const CALM_MS = 2_000;
const WELL_WITHIN_MS = 60_000;
/** Well this often in a row: one lucky answer is none. */
const WELL_TIMES = 5;

export type Scene = {
  platform: Platform;
  /** where the drill asked for it */
  network: Network;
  disk: SmallDisk;
  say: (what: string) => void;
  /** how long a fault lasts */
  hold(): Promise<unknown>;
  /** The fault is over, and what is done from here on is part of the recovery. Otherwise it is when `make` returns. */
  over(): void;
};

export type Fault = {
  name: string;
  about: string;
  /** seconds that it lasts; 8 by default, 3 in short */
  seconds?: Record<Length, number>;
  /** needs a network whose ways can be cut */
  network?: true;
  /** a part whose data lie on a small disk */
  smallDisk?: 'postgresql' | 'minio';
  /** three Valkeys and three Sentinels instead of one Valkey */
  sentinels?: true;
  /** more variables for one replica, counted from 1 */
  replicaEnv?: PlatformOptions['replicaEnv'];
  /** Makes the fault and ends it. @returns what else to tell */
  make(scene: Scene): Promise<string | undefined | void>;
};

export function drillOf(fault: Fault): Drill {
  const { name, about, seconds = { short: 3, full: 8 }, smallDisk, replicaEnv, sentinels, make } = fault;
  return {
    name,
    about,
    async run(say, length) {
      if ((fault.network || smallDisk) && !ownsItsNetwork())
        throw new Error('It needs Linux, as root: a network and a disk of its own.');
      const network = ownsItsNetwork() ? makeNetwork() : undefined;
      const disk = smallDisk && makeSmallDisk(256);
      const hold = (): Promise<unknown> => wait(seconds[length] * 1000);
      let platform: Platform | undefined;
      try {
        say('starting a platform …');
        platform = await startPlatform({
          trustedProxies: [network?.range ?? '127.0.0.0/8'],
          network,
          ...(smallDisk && { disks: { [smallDisk]: disk!.path } }),
          ...(replicaEnv && { replicaEnv }),
          ...(sentinels && { sentinels }),
        });
        return await watch({ platform, network: network!, disk: disk!, say, hold }, make);
      } finally {
        await platform?.stop();
        network?.remove();
        disk?.remove();
      }
    },
  };
}

async function watch(scene: Omit<Scene, 'over'>, make: Fault['make']): Promise<Outcome> {
  const { platform, say } = scene;
  const visitors = new Visitors(platform);
  await visitors.begin();
  await wait(CALM_MS);
  say('making the fault …');
  let overAt: number | undefined;
  const also = await make({ ...scene, over: () => (overAt = performance.now()) });
  say('waiting until all is well …');
  const recoverySeconds = await recover(platform, visitors, overAt ?? performance.now());
  await wait(CALM_MS);
  const seen = await visitors.end();
  const broken = recoverySeconds === null ? [`it was not well again after ${WELL_WITHIN_MS / 1000} s`] : [];
  broken.push(...samples('reads', seen.failedReads), ...samples('pages never read', seen.unread.failed));
  if (!(await publishes(platform))) broken.push('a new post was not seen everywhere');
  const lost = await missing(platform, seen.writes.acknowledged);
  return {
    requests: seen.reads + seen.unread.answered + seen.unread.unavailable + seen.unread.failed.length,
    failed: seen.failedReads.length + seen.unread.failed.length,
    lost,
    recoverySeconds,
    detail: [also, describe(seen)].filter(Boolean).join(' '),
    broken,
  };
}

/** @returns seconds from `start` until every part worked, for every replica, and a message was taken; null: not in time */
async function recover(platform: Platform, visitors: Visitors, start: number): Promise<number | null> {
  let since: number | undefined;
  let times = 0;
  while (performance.now() - start < WELL_WITHIN_MS) {
    const began = performance.now();
    if (await isWell(platform, visitors).catch(() => false)) {
      since ??= began;
      if (++times === WELL_TIMES) return (since - start) / 1000;
    } else {
      since = undefined;
      times = 0;
    }
    await wait(100);
  }
  return null;
}

type Status = Record<'database' | 'cache' | 'storage', { ok: boolean }> & { replicas: number };

async function isWell({ replicas, address, fetch }: Platform, visitors: Visitors): Promise<boolean> {
  const ask = (url: string): Promise<Response> => fetch(url, { signal: AbortSignal.timeout(3_000) });
  for (const replica of replicas) {
    if (!(await ask(`${replica.opsAddress}/readyz`)).ok) return false;
    const status = (await (await ask(`${replica.address}/api/v1/platform`)).json()) as Status;
    const parts = [status.database, status.cache, status.storage];
    if (!parts.every(({ ok }) => ok)) return false;
    // One that was cut off may be counted twice until the server gives its old connection up.
    if (status.replicas < replicas.length) return false;
  }
  const unread = await ask(`${address}/search?q=well${Math.random()}`);
  return unread.ok && (await visitors.write());
}

/** A post that is written now is what every replica and nginx show. */
async function publishes({ homepage, replicas, address, fetch }: Platform): Promise<boolean> {
  const content = makeFolder();
  try {
    content.write({ 'posts/after.md': '---\ntitle: After the drill\ndate: 2026-01-02\n---\nText.\n' });
    const { code } = await homepage(['import', content.path]);
    if (code !== 0) return false;
    for (const place of [...replicas.map((replica) => replica.address), address]) {
      let seen = false;
      for (let waited = 0; waited < 10_000 && !seen; waited += 100) {
        seen = (await fetch(`${place}/posts/after`)).ok;
        if (!seen) await wait(100);
      }
      if (!seen) return false;
    }
    return true;
  } finally {
    content.remove();
  }
}

/** @returns how many of these messages are not stored exactly once */
export async function missing(
  { homepage }: Pick<Platform, 'homepage'>,
  acknowledged: string[],
): Promise<number> {
  const { stdout } = await homepage(['messages', 'list', '--limit', '10000', '--json']);
  const { messages } = JSON.parse(stdout) as { messages: { message: string }[] };
  const counts = new Map<string, number>();
  for (const { message } of messages) counts.set(message, (counts.get(message) ?? 0) + 1);
  return acknowledged.filter((message) => counts.get(message) !== 1).length;
}

export function describe({ reads, slowestReadSeconds, unread, writes }: Seen): string {
  const never = unread.unavailable > 0 ? `, ${unread.unavailable} told to come again` : '';
  const refused = writes.refused > 0 ? `, ${writes.refused} refused` : '';
  const unanswered = writes.unanswered > 0 ? `, ${writes.unanswered} without an answer` : '';
  return (
    `Pages read before: ${reads} reads, the slowest ${slowestReadSeconds.toFixed(1)} s. ` +
    `Pages never read: ${unread.answered} answered${never}. ` +
    `Messages: ${writes.acknowledged.length} taken${refused}${unanswered}.`
  );
}

export function samples(what: string, failures: string[]): string[] {
  if (failures.length === 0) return [];
  return [`${failures.length} ${what} failed (${[...new Set(failures)].slice(0, 5).join('; ')}).`];
}
