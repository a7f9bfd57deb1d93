/** What this process started and made, told to a guard that outlives it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

export type GuardLine =
  { started: number; signal: NodeJS.Signals } | { ended: number } | { made: string } | { removed: string };

let guard: Writable | undefined;

/** One guard for each process, started with the first thing it has to guard. */
export function tellGuard(line: GuardLine): void {
  guard ??= startGuard();
  guard.write(`${JSON.stringify(line)}\n`);
}

function startGuard(): Writable {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'guard.ts')], {
    stdio: ['pipe', 'ignore', 'inherit'],
    // A session of its own: what ends this process's group must not end the guard before its work.
    detached: true,
    env: {},
  });
  child.unref();
  const input = child.stdin;
  (input as unknown as { unref(): void }).unref();
  // A guard that was killed cannot be told; services are still stopped in the ordinary way.
  input.on('error', () => {});
  return input;
}

/** A temporary folder that goes with this process. */
export function makeOwnFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `homepage-${name}-`));
  tellGuard({ made: path });
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
      tellGuard({ removed: path });
    },
  };
}
