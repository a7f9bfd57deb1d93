/** What the numbers were measured on: they mean nothing without it. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { findProgram } from '@homepage/testkit/programs';
import { CORES } from './cores.ts';
import { loadGenerator } from './load.ts';

export type Machine = Record<string, string>;

export function describeMachine(): Machine {
  return {
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()}`,
    node: process.version,
    postgresql: version(beside('postgresql', 'postgres'), ['--version']),
    nginx: version(findProgram('nginx'), ['-v']),
    valkey: version(findProgram('valkey'), ['--version']),
    load: `${loadGenerator()}, 50 connections, 12 for what is made anew; ${CORES}`,
  };
}

/** Processes that wanted a core in the last five minutes: more than there are cores makes numbers worse than they are. */
export const busyness = (): string => loadavg()[1]!.toFixed(1);

function beside(name: 'postgresql', command: string): string | undefined {
  const found = findProgram(name);
  return found === undefined ? undefined : join(dirname(found), command);
}

/** The first number in what it says of itself. */
function version(command: string | undefined, args: string[]): string {
  if (command === undefined) return 'not there';
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
}
