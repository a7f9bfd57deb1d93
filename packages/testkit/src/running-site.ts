/** Starts the real site as its own process, as `npm start` does, on a free port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { thisMachine, type Host } from './services/host.ts';
import { tellGuard } from './services/owned.ts';

const thisRepository = resolve(import.meta.dirname, '../../..');

export type RunningSite = {
  /** e.g. http://127.0.0.1:41234 */
  address: string;
  opsAddress: string;
  process: ChildProcess;
  /** everything it printed so far */
  output(): string;
  stop(): Promise<void>;
};

export type SiteOptions = {
  dataDir: string;
  /** start without sample content */
  empty?: boolean;
  env?: Record<string, string>;
  /** what to run, from the repository's root; `npm start`'s own by default */
  script?: string;
  /** a copy of the repository to run it in */
  repository?: string | undefined;
  /** this machine by default */
  host?: Host | undefined;
};

/** @throws Error with the process's output when it ends before it is ready */
export async function startSite(options: SiteOptions): Promise<RunningSite> {
  const { dataDir, empty, env, script = 'apps/api/bin/serve.js', repository = thisRepository } = options;
  const { host = thisMachine } = options;
  if (empty)
    await runHomepage(['migrate'], dataDir).then(() => runHomepage(['sample', 'remove', '--yes'], dataDir));
  const { command, args } = host.place({ command: process.execPath, args: [join(repository, script)] });
  const place = host.address === thisMachine.address ? {} : { HOST: host.address, OPS_HOST: host.address };
  const child = spawn(command, args, {
    cwd: repository,
    env: { ...cleanEnvironment(), DATA_DIR: dataDir, PORT: '0', OPS_PORT: '0', ...place, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // It goes with this process, however this one ends.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) {
    tellGuard({ started: pid, signal: 'SIGTERM' });
    child.on('exit', () => tellGuard({ ended: pid }));
  }
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const address = await new Promise<string>((done, fail) => {
    child.stdout.on('data', () => {
      const match = /Homepage (?:is ready|has started): (\S+)/.exec(output);
      if (match && output.includes('Ctrl-C')) done(match[1]!);
    });
    child.on('error', fail);
    child.on('exit', (code) =>
      fail(new Error(`the site ended with ${code} before it was ready:\n${output}`)),
    );
  });
  const opsAddress = /Health and metrics: (\S+)\/readyz/.exec(output)?.[1] ?? '';
  return {
    address,
    opsAddress,
    process: child,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

type CommandOptions = Pick<SiteOptions, 'repository' | 'host'> & {
  /** on its standard input, which is empty otherwise */
  input?: string | Uint8Array;
};

export type CommandResult = { code: number | null; stdout: string; stderr: string };

/** Runs a command of `homepage` on a data folder; of this repository, or a copy. */
export async function runHomepage(
  args: string[],
  dataDir: string,
  env: Record<string, string> = {},
  { repository = thisRepository, host = thisMachine, input = '' }: CommandOptions = {},
): Promise<CommandResult> {
  const homepage = [join(repository, 'apps/ops/bin/homepage.js'), ...args];
  const program = host.place({ command: process.execPath, args: homepage });
  const child = spawn(program.command, program.args, {
    cwd: repository,
    env: { ...cleanEnvironment(), DATA_DIR: dataDir, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}); // it ended without reading
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

export type RunningCommand = Pick<RunningSite, 'opsAddress' | 'process' | 'output'> & {
  /** @returns its exit code */
  stop(): Promise<number | null>;
};

/** Starts a command that goes on until it is stopped. @throws Error with what it printed when it ends before it is ready */
export async function startHomepage(
  args: string[],
  dataDir: string,
  env: Record<string, string> = {},
): Promise<RunningCommand> {
  const child = spawn(process.execPath, [join(thisRepository, 'apps/ops/bin/homepage.js'), ...args], {
    cwd: thisRepository,
    env: { ...cleanEnvironment(), DATA_DIR: dataDir, OPS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // It goes with this process, however this one ends.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) tellGuard({ started: pid, signal: 'SIGTERM' });
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => {
    if (pid !== undefined) tellGuard({ ended: pid });
    return code ?? null;
  });
  let output = '';
  const opsAddress = await new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        output += data.toString();
        const match = /Health and metrics: (\S+)\/readyz/.exec(output);
        if (match) done(match[1]!);
      });
    }
    void exited.then((code) => fail(new Error(`homepage ${args.join(' ')} ended with ${code}:\n${output}`)));
  });
  return {
    opsAddress,
    process: child,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** The tests' own settings (vitest's NODE_ENV and the like) must not reach the site. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG };
}
