/** A Docker engine: the one that runs, or one of our own for as long as it is needed, with its own folder and socket. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '@homepage/platform';
import { findProgram } from '@homepage/testkit/programs';

export type Engine = {
  /** for whoever starts docker or compose */
  env: NodeJS.ProcessEnv;
  /** @throws Error with what it said when it fails */
  docker(...args: string[]): string;
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 60_000;

/** @throws Problem DOCKER_MISSING when none runs and none can be started */
export async function useEngine(): Promise<Engine> {
  if (answers(process.env)) return engineOf(process.env, async () => {});
  const dockerd = findProgram('docker');
  if (!dockerd || process.getuid?.() !== 0) throw missing();
  const folder = mkdtempSync(join(tmpdir(), 'homepage-docker-'));
  const at = (name: string): string => join(folder, name);
  const env = { ...process.env, DOCKER_HOST: `unix://${at('docker.sock')}` };
  const log = openSync(at('dockerd.log'), 'a');
  const child = spawn(
    dockerd,
    [
      ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('dockerd.pid')],
      ...['--host', env.DOCKER_HOST],
    ],
    // A group of its own: Ctrl-C ends the containers in order, and then it.
    { stdio: ['ignore', log, log], detached: true },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    // Networks of containers stay mounted when it ends.
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    for (const path of mounts
      .map((line) => line.split(' ')[1] ?? '')
      .filter((path) => path.startsWith(folder)))
      spawnSync('umount', ['--lazy', path]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!answers(env)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      const said = readFileSync(at('dockerd.log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
      await stop();
      throw new Error(`dockerd does not become ready:\n${said}`);
    }
    await wait(200);
  }
  return engineOf(env, stop);
}

const run = (env: NodeJS.ProcessEnv, args: string[]): SpawnSyncReturns<string> =>
  spawnSync('docker', args, { encoding: 'utf8', env, maxBuffer: 256 * 1024 * 1024 });

const answers = (env: NodeJS.ProcessEnv): boolean =>
  run(env, ['version', '--format', '{{.Server.Version}}']).status === 0;

function engineOf(env: NodeJS.ProcessEnv, stop: () => Promise<void>): Engine {
  return {
    env,
    docker(...args) {
      const { status, stdout, stderr, error } = run(env, args);
      if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr || stdout || String(error)}`);
      return stdout.trim();
    },
    stop,
  };
}

const missing = (): Problem =>
  new Problem(
    'DOCKER_MISSING',
    'No Docker engine runs on this machine, and none can be started by this user.',
    {
      fix: 'Install Docker Engine (https://docs.docker.com/engine/install/), or as root on Debian:',
      command: 'npm run programs -- docker',
    },
  );
