/** Asks one address as often as it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';
import { findProgram } from '@homepage/testkit/programs';
import { onLoadCore, pin } from './cores.ts';
import type { Turn } from './row.ts';

const CONNECTIONS = 50;
const TURN_SECONDS = 1;
const TURNS = 11;

/** wrk asks faster than Node can; without it both sides are measured by what autocannon can do. */
export const loadGenerator = (): string =>
  findProgram('wrk') === undefined ? 'autocannon, since there is no wrk' : 'wrk';

/**
 * In turns, ours and the peer's, after one of each that is not counted.
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

async function requestsPerSecond(
  url: string,
  headers: Record<string, string>,
  connections: number,
): Promise<number> {
  const wrk = findProgram('wrk');
  return wrk === undefined ? byAutocannon(url, headers, connections) : byWrk(wrk, url, headers, connections);
}

async function byWrk(
  wrk: string,
  url: string,
  headers: Record<string, string>,
  connections: number,
): Promise<number> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const child = spawn(...onLoadCore(wrk, ['-t1', `-c${connections}`, `-d${TURN_SECONDS}s`, ...lines, url]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [report] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const [, rate] = /^Requests\/sec:\s+([\d.]+)/m.exec(report) ?? [];
  if (rate === undefined || /Non-2xx|Socket errors/.test(report)) throw new Error(`${url}:\n${report}`);
  return Number(rate);
}

async function byAutocannon(
  url: string,
  headers: Record<string, string>,
  connections: number,
): Promise<number> {
  pin(process.pid, 1);
  const result = await autocannon({ url, connections, duration: TURN_SECONDS, headers });
  if (result.errors + result.non2xx > 0)
    throw new Error(`${url}: ${result.errors + result.non2xx} requests failed`);
  return result.requests.average;
}
