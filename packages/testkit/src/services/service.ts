/** A server program as a test sees it: started, ready, stopped, killed, frozen, started again on the same data. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { thisMachine, type Host } from './host.ts';
import { tellGuard } from './owned.ts';

const logs = resolve(import.meta.dirname, '../../../../test/output/logs');
const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 10_000;

export type ServiceOptions = {
  /** e.g. "postgresql"; names its log */
  name: string;
  command: string;
  args: string[];
  /** its log is written here */
  folder: string;
  /** a function: asked at each start */
  env?: Record<string, string> | (() => Record<string, string>);
  /** another user's numbers: PostgreSQL refuses root, and the others need none of its rights */
  user?: { uid: number; gid: number } | undefined;
  /** this machine by default */
  host?: Host | undefined;
  /** ends it in order, after what it is doing; SIGTERM by default */
  stopSignal?: NodeJS.Signals;
  /** ends it and its children at once; SIGKILL by default */
  quickSignal?: NodeJS.Signals;
  /** throws until it answers */
  ready: () => Promise<unknown>;
};

export class Service {
  readonly #options: ServiceOptions;
  #child: ChildProcess | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  get folder(): string {
    return this.#options.folder;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.running ? this.#child!.pid : undefined;
  }

  /** everything it printed, over all its starts */
  log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  get #logFile(): string {
    return join(this.#options.folder, `${this.#options.name}.log`);
  }

  /** @throws Error with the end of its log when it does not become ready; the whole log is kept */
  async start(): Promise<void> {
    const {
      name,
      command,
      args,
      env,
      user,
      ready,
      host = thisMachine,
      quickSignal = 'SIGKILL',
    } = this.#options;
    const output = openSync(this.#logFile, 'a');
    // Some open their output again by its name, as the user they are.
    if (user) chmodSync(this.#logFile, 0o666);
    const placed = host.place({ command, args, user });
    const child = spawn(placed.command, placed.args, {
      cwd: this.#options.folder,
      // A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops things in order.
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: process.env['PATH'], LANG: 'C', ...(typeof env === 'function' ? env() : env) },
      ...placed.user,
    });
    closeSync(output);
    child.on('error', () => {}); // told below: it has no pid
    this.#child = child;
    if (child.pid === undefined) throw new Error(`${name}: ${command} cannot be started`);
    tellGuard({ started: child.pid, signal: quickSignal });
    const { pid } = child;
    child.on('exit', () => tellGuard({ ended: pid }));
    const deadline = performance.now() + READY_WITHIN_MS;
    for (;;) {
      try {
        await ready();
        return;
      } catch (cause) {
        if (this.running && performance.now() < deadline) {
          await wait(25);
          continue;
        }
        const kept = this.keepLog();
        await this.kill();
        throw new Error(
          `${name} did not become ready: ${String(cause)}\n${this.#lastLines()}\nAll of it: ${kept}`,
          {
            cause,
          },
        );
      }
    }
  }

  /** In order; killed when that takes longer than 10 s. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#child!, 'exit');
    this.#signal('SIGCONT');
    this.#child!.kill(this.#options.stopSignal ?? 'SIGTERM');
    const stopped = await Promise.race([exited, wait(STOPPED_WITHIN_MS, 'late', { ref: false })]);
    if (stopped === 'late') await this.kill();
  }

  /** As a crash or a power cut ends it. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#child!, 'exit');
    this.#signal('SIGKILL');
    await exited;
  }

  /** Alive, but it answers nothing any more: what a hung machine looks like from outside. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  reload(): void {
    this.#child?.kill('SIGHUP');
  }

  /** Copies the log to test/output/logs. @returns the file */
  keepLog(): string {
    mkdirSync(logs, { recursive: true });
    const kept = join(logs, `${this.#options.name}-${process.pid}-${Date.now()}.log`);
    copyFileSync(this.#logFile, kept);
    return kept;
  }

  #lastLines(): string {
    return this.log().trimEnd().split('\n').slice(-15).join('\n');
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.running) return;
    const { pid } = this.#child!;
    // Children may have groups of their own (PostgreSQL's do): each is told, after who would start more.
    for (const target of [-pid!, ...childrenOf(pid!)]) {
      try {
        process.kill(target, signal);
      } catch {
        // it ended by itself
      }
    }
  }
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return (stdout ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!);
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
