/** A peer that is a Node program of this folder: it prints its address when it is ready. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pin } from './cores.ts';

export type Peer = { address: string; pid: number; stop(): Promise<void> };

/** @throws Error when it ends before it is ready */
export async function startPeer(file: string, args: string[]): Promise<Peer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    // Its standard input ends with this process, however that happens, and it goes with it.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = (await Promise.race([once(child.stdout, 'data'), exited])) as [Buffer | number];
  if (!Buffer.isBuffer(line[0])) throw new Error(`${file} ended with ${line[0]}`);
  pin(child.pid);
  return {
    address: line[0].toString().trim(),
    pid: child.pid!,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
