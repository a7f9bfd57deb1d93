/** Servers on one core, what loads them on another, where the system lets us choose: else they fight for one. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TASKSET = '/usr/bin/taskset';
const MAY_CHOOSE = existsSync(TASKSET) && availableParallelism() > 1;
/** what is measured, and what it needs beside it */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
export type Core = 0 | 1;

export const CORES = MAY_CHOOSE ? 'one core for the server, one for the load' : 'no choice of cores';

export function pin(pid: number | undefined, core: Core = SERVER_CORE): void {
  if (!MAY_CHOOSE || pid === undefined) return;
  // Children that there are already; later ones get it from their parent.
  for (const one of [pid, ...childrenOf(pid)]) {
    spawnSync(TASKSET, ['--all-tasks', '--pid', '--cpu-list', String(core), String(one)]);
  }
}

/** A command that runs on that core. */
export function onCore(core: Core, command: string, args: string[]): [command: string, args: string[]] {
  return MAY_CHOOSE ? [TASKSET, ['--cpu-list', String(core), command, ...args]] : [command, args];
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
