/** Drills that cut networks and fill disks run in a process with a network and a table of mounts of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const MARK = 'HOMEPAGE_DRILL_OWN_NETWORK';

/** True in the process that `inOwnNetwork` started. */
export const ownsItsNetwork = (): boolean => process.env[MARK] === '1';

/** Where that can be had: Linux, as root. */
export const mayOwnNetwork = (): boolean => process.platform === 'linux' && process.getuid?.() === 0;

/** Runs this program again, in a network namespace and a mount namespace of its own. @returns its exit code */
export async function inOwnNetwork(): Promise<number> {
  const child = spawn('unshare', ['--net', '--mount', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  });
  // Ctrl-C reaches both; whoever ends this one alone means the drill.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {});
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
