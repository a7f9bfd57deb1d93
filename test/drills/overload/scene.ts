/** What every drill of overload has: a platform whose visitors have thousands of addresses, and ways to look at it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startPlatform, type Platform, type PlatformOptions } from '@homepage/testkit/platform-shape';
import { makeNetwork } from '@homepage/testkit/services';
import type { Drill, Length, Outcome } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';
import type { Order, Report } from './generator.ts';
import { KEPT } from './questions.ts';

export type Scene = { platform: Platform; length: Length; say: (what: string) => void };

/** The drill itself; tests run it on a platform that they have already. */
export type Act = (scene: Scene) => Promise<Outcome>;

/** nginx believes what the load says of its visitors' addresses. */
export const MANY_ADDRESSES: PlatformOptions = { trustedProxies: ['127.0.0.0/8'] };

export function drillOf(name: string, about: string, act: Act, options: PlatformOptions = {}): Drill {
  return {
    name,
    about,
    async run(say, length) {
      // A network of our own begins without even this machine's own address.
      const network = ownsItsNetwork() ? makeNetwork() : undefined;
      let platform: Platform | undefined;
      try {
        say('starting a platform …');
        platform = await startPlatform({ ...MANY_ADDRESSES, ...options });
        return await act({ platform, length, say });
      } finally {
        await platform?.stop();
        network?.remove();
      }
    },
  };
}

export const portOf = (address: string): number => Number(new URL(address).port);

/** Reads once what is to be kept, at each replica and through nginx. */
export async function readBefore({ address, replicas, fetch }: Platform, paths = KEPT): Promise<void> {
  for (const place of [...replicas.map((replica) => replica.address), address]) {
    for (const path of paths) {
      // As the load asks: nginx keeps a copy for each encoding.
      const answer = await fetch(place + path, { headers: { 'accept-encoding': 'br' } });
      if (!answer.ok) throw new Error(`${place}${path} answered ${answer.status} before anything was done`);
      await answer.arrayBuffer();
    }
  }
}

/** The load, in a process of its own. */
export async function generate(order: Order): Promise<Report> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'generator.ts'), JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  comeFirst(child.pid!);
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  await once(child, 'close');
  return JSON.parse(text) as Report;
}

/** Visitors come from elsewhere: what they do must not wait for the servers, which here share their processors. */
function comeFirst(pid: number): void {
  try {
    setPriority(pid, -15);
  } catch {
    // Only root may; its times are a little longer then.
  }
}

/** A measurement of all replicas together; labels as they are written, e.g. `{origin="made"}`. */
export async function metric({ replicas, fetch }: Platform, name: string): Promise<number> {
  const texts = await Promise.all(
    replicas.map(async ({ opsAddress }) => (await fetch(`${opsAddress}/metrics`)).text()),
  );
  const values = texts.map((text) => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    if (line === undefined) throw new Error(`There is no metric ${name}.`);
    return Number(line.slice(name.length + 1));
  });
  return values.reduce((sum, value) => sum + value, 0);
}

/** Resident memory of each replica and of nginx with its workers, bytes. */
export function memory({ replicas, nginx }: Platform): { replicas: number[]; nginx: number } {
  const master = nginx.service.pid!;
  const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return {
    replicas: replicas.map((replica) => resident(replica.process.pid!)),
    nginx: [master, ...children].reduce((sum, pid) => sum + resident(pid), 0),
  };
}

const resident = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** Asks again and again, until it is told to end, whether all are alive and ready, as probes do. */
export function watchHealth({ replicas, fetch }: Platform): { end(): Promise<Health> } {
  const health: Health = { asked: 0, failed: [], slowestMs: 0 };
  let going = true;
  const watching = (async () => {
    while (going) {
      for (const { opsAddress } of replicas) {
        for (const path of ['/livez', '/readyz']) {
          const start = performance.now();
          health.asked++;
          await fetch(opsAddress + path, { signal: AbortSignal.timeout(PROBE_PATIENCE_MS) }).then(
            ({ status }) => status === 200 || health.failed.push(`${path}: ${status}`),
            (error: Error) => health.failed.push(`${path}: ${error.message}`),
          );
          health.slowestMs = Math.max(health.slowestMs, performance.now() - start);
        }
      }
      await wait(200);
    }
  })();
  return {
    async end() {
      going = false;
      await watching;
      return health;
    },
  };
}

export type Health = { asked: number; failed: string[]; slowestMs: number };

const PROBE_PATIENCE_MS = 5_000;

/** @returns seconds until it held, or null when it did not in time */
export async function secondsUntil(
  holds: () => Promise<boolean>,
  withinSeconds = 30,
): Promise<number | null> {
  const start = performance.now();
  for (;;) {
    const holding = await holds().catch(() => false);
    const seconds = (performance.now() - start) / 1000;
    if (holding) return seconds;
    if (seconds > withinSeconds) return null;
    await wait(50);
  }
}

/** One after the other, as a visitor at leisure: the statuses that paths were answered with. */
export async function statuses({ address, fetch }: Platform, paths: string[]): Promise<number[]> {
  const seen: number[] = [];
  for (const path of paths) {
    const answer = await fetch(address + path, {
      signal: AbortSignal.timeout(10_000),
      headers: { 'x-forwarded-for': '198.51.100.7' },
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    seen.push(answer?.status ?? 0);
  }
  return seen;
}
