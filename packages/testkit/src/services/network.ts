/**
 * Machines of our own on a network of our own: a network namespace for each, joined by a bridge, so that the way between
 * two of them can be cut. Linux as root, in a process that has a network namespace to itself (`unshare --net`): whatever
 * is made here is gone with it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Host } from './host.ts';
import { tellGuard } from './owned.ts';

const NETWORK = '10.77.0';
const ENTERED_WITHIN_MS = 5_000;

export type Network = {
  /** where this process is on it */
  address: string;
  /** e.g. "10.77.0.0/24" */
  range: string;
  addHost(): Promise<Host>;
  /** From now on nothing that one sends arrives at the other. Connections stay open and hear nothing. */
  cut(one: Host, other: Host): void;
  /** All ways are open again. */
  mend(): void;
  /** Another one can be made then. */
  remove(): void;
};

/** @throws Error with the words of the command that failed */
export function makeNetwork(): Network {
  const holders = new Map<Host, number>();
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'homepage', 'type', 'bridge');
  ip('address', 'add', `${NETWORK}.1/24`, 'dev', 'homepage');
  ip('link', 'set', 'homepage', 'up');
  const cuts = new Set<number>();

  return {
    address: `${NETWORK}.1`,
    range: `${NETWORK}.0/24`,
    async addHost() {
      const number = holders.size + 2;
      const pid = await holdNamespace();
      const address = `${NETWORK}.${number}`;
      ip('link', 'add', `host${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
      ip('link', 'set', `host${number}`, 'master', 'homepage', 'up');
      inside(pid, 'ip', 'link', 'set', 'lo', 'up');
      inside(pid, 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth0');
      inside(pid, 'ip', 'link', 'set', 'eth0', 'up');
      const host: Host = {
        address,
        place: ({ command, args, user }) => ({
          command: 'nsenter',
          // The user is changed by nsenter: to enter takes rights that the user has not.
          args: [
            ...entering(pid),
            ...(user ? [`--setuid=${user.uid}`, `--setgid=${user.gid}`] : []),
            '--',
            command,
            ...args,
          ],
        }),
      };
      holders.set(host, pid);
      return host;
    },
    cut(one, other) {
      const pid = holders.get(one)!;
      inside(pid, 'nft', 'add', 'table', 'inet', 'cut');
      for (const [hook, side] of [
        ['input', 'saddr'],
        ['output', 'daddr'],
      ] as const) {
        inside(pid, 'nft', `add chain inet cut ${hook} { type filter hook ${hook} priority 0; }`);
        inside(pid, 'nft', `add rule inet cut ${hook} ip ${side} ${other.address} drop`);
      }
      cuts.add(pid);
    },
    mend() {
      for (const pid of cuts) inside(pid, 'nft', 'delete', 'table', 'inet', 'cut');
      cuts.clear();
    },
    remove() {
      for (const pid of holders.values()) process.kill(pid, 'SIGKILL');
      ip('link', 'delete', 'homepage');
    },
  };
}

/** A process that does nothing but keep a namespace there. @returns its pid */
async function holdNamespace(): Promise<number> {
  const { pid } = spawn('unshare', ['--net', '--', 'sleep', 'infinity'], { stdio: 'ignore', detached: true });
  if (pid === undefined) throw new Error('unshare cannot be started');
  tellGuard({ started: pid, signal: 'SIGKILL' });
  const own = readlinkSync('/proc/self/ns/net');
  for (let waited = 0; waited < ENTERED_WITHIN_MS; waited += 10) {
    if (readlinkSync(`/proc/${pid}/ns/net`) !== own) return pid;
    await wait(10);
  }
  throw new Error('no network namespace could be made');
}

const entering = (pid: number): string[] => ['--target', String(pid), '--net'];
const inside = (pid: number, ...command: string[]): void =>
  run('nsenter', [...entering(pid), '--', ...command]);
const ip = (...args: string[]): void => run('ip', args);

function run(command: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || String(error)}`);
}
