/**
 * Ends what its parent started, however the parent ended (Ctrl-C, kill -9, a crash): its standard input closes then.
 * It reads one JSON line for each change of what the parent owns.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { GuardLine } from './owned.ts';

const pids = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();

// Whoever stops the group stops the parent too, and this one still has work to do then.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text) as GuardLine;
  if ('started' in line) pids.set(line.started, line.signal);
  if ('ended' in line) pids.delete(line.ended);
  if ('made' in line) folders.add(line.made);
  if ('removed' in line) folders.delete(line.removed);
}

for (const [pid, signal] of pids) kill(pid, signal);
await wait(pids.size > 0 ? 1500 : 0);
for (const pid of pids.keys()) kill(pid, 'SIGKILL');
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** A whole process group: servers have children. A stopped one must go on to end. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
    process.kill(-pid, 'SIGCONT');
  } catch {
    // it ended by itself
  }
}
