/** What this process started and made, told to a guard that outlives it. */
import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** Each file is whole at any moment; Vault's agent writes them one after the other, too. */
export function writeWhole(
  folder: string,
  files: Record<string, string>,
  owner?: { uid: number; gid: number },
): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, file);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    if (owner) chownSync(`${path}.new`, owner.uid, owner.gid);
    renameSync(`${path}.new`, path);
  }
}
