/** Asks one address as often as it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';
import { findProgram } from '@homepage/testkit/programs';
import { LOAD_CORE, onCore, pin, SERVER_CORE, type Core } from './cores.ts';
import type { Turn } from './row.ts';

const CONNECTIONS = 50;
const TURN_SECONDS = 1;
const TURNS = 11;

/** wrk asks faster than Node can; without it both sides are measured by what autocannon can do. */
export const loadGenerator = (): string =>
  findProgram('wrk') === undefined ? 'autocannon, since there is no wrk' : 'wrk';

/**
 * In turns, ours and the peer's, after one of each that is not counted.
 * @returns requests per second
 * @throws Error when a request fails
 */
export async function inTurns(
  ours: string,
  peer: string,
  headers: Record<string, string> = {},
  connections = CONNECTIONS,
): Promise<Turn[]> {
  console.error(`measuring ${ours} and ${peer} …`);
  const turns: Turn[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    turns.push({
      ours: await requestsPerSecond(ours, headers, connections),
      peer: await requestsPerSecond(peer, headers, connections),
    });
  }
  return turns.slice(1);
}

/** A server and the process that is it. */
export type Side = { url: string; pid: number };

/**
 * As `inTurns`, with load and servers on one core, so that none of them ever wakes another core.
 * @returns requests per second of the server's own processor time
 */
export async function inTurnsByProcessor(
  ours: Side,
  peer: Side,
  headers: Record<string, string> = {},
): Promise<Turn[]> {
  console.error(`measuring what ${ours.url} and ${peer.url} take of the processor …`);
  const turns: Turn[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    turns.push({
      ours: await perProcessorSecond(ours, headers),
      peer: await perProcessorSecond(peer, headers),
    });
  }
  return turns.slice(1);
}

async function perProcessorSecond({ url, pid }: Side, headers: Record<string, string>): Promise<number> {
  const before = processorSeconds(pid);
  const wrk = findProgram('wrk')!;
  const { requests } = await byWrk(wrk, { url, headers, connections: CONNECTIONS, core: SERVER_CORE });
  return requests / (processorSeconds(pid) - before);
}

/** Of all its threads, since it started. */
function processorSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ', 1)[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

async function requestsPerSecond(
  url: string,
  headers: Record<string, string>,
  connections: number,
): Promise<number> {
  const wrk = findProgram('wrk');
  if (wrk === undefined) return byAutocannon(url, headers, connections);
  return (await byWrk(wrk, { url, headers, connections, core: LOAD_CORE })).rate;
}

type Questions = { url: string; headers: Record<string, string>; connections: number; core: Core };

async function byWrk(
  wrk: string,
  { url, headers, connections, core }: Questions,
): Promise<{ rate: number; requests: number }> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const child = spawn(
    ...onCore(core, wrk, ['-t1', `-c${connections}`, `-d${TURN_SECONDS}s`, ...lines, url]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [report] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const [, rate] = /^Requests\/sec:\s+([\d.]+)/m.exec(report) ?? [];
  const [, requests] = /^\s*(\d+) requests in/m.exec(report) ?? [];
  if (!rate || !requests || /Non-2xx|Socket errors/.test(report)) throw new Error(`${url}:\n${report}`);
  return { rate: Number(rate), requests: Number(requests) };
}

async function byAutocannon(
  url: string,
  headers: Record<string, string>,
  connections: number,
): Promise<number> {
  pin(process.pid, LOAD_CORE);
  const result = await autocannon({ url, connections, duration: TURN_SECONDS, headers });
  if (result.errors + result.non2xx > 0)
    throw new Error(`${url}: ${result.errors + result.non2xx} requests failed`);
  return result.requests.average;
}
