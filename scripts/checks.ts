/** The checks of the source, one place: `npm run check` runs all, `npm test` counts each as a test. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');

export type Check = { name: string; command: string; args: string[]; cwd?: string };

const web = join(root, 'apps/web');

export const checks: Check[] = [
  { name: 'types', command: 'tsc', args: ['--project', '.'] },
  { name: 'types of the web app', command: 'svelte-check', args: ['--fail-on-warnings'], cwd: web },
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  {
    name: 'walls between rooms',
    command: 'depcruise',
    args: ['apps', 'packages', 'test', 'scripts', '--config', '.dependency-cruiser.cjs'],
  },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'generated files', command: 'node', args: ['scripts/kubernetes.ts', '--check'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
];

export type CheckResult = { check: Check; ok: boolean; output: string };

/** Runs one check with the repository's own tools. */
export async function runCheck(check: Check): Promise<CheckResult> {
  const bin = join(root, 'node_modules/.bin');
  const child = spawn(check.command, check.args, {
    cwd: check.cwd ?? root,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, NODE_OPTIONS: '', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((done) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(error.message));
      done(1);
    });
    child.on('close', (status) => done(status ?? 1));
  });
  return { check, ok: code === 0, output: Buffer.concat(chunks).toString() };
}

/** Runs all checks, two at a time, and prints a line each; the output of a failing one follows. */
export async function runChecks(): Promise<CheckResult[]> {
  // Several checks read the types that SvelteKit generates; an installation of packages removes them.
  const generated = await runCheck({
    name: 'generated types',
    command: 'svelte-kit',
    args: ['sync'],
    cwd: web,
  });
  if (!generated.ok) console.log(generated.output);
  const results: CheckResult[] = [];
  const waiting = [...checks];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = performance.now();
      const result = await runCheck(check);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${result.ok ? '✓' : '✗'} ${check.name} (${seconds} s)`);
      if (!result.ok) console.log(result.output.slice(0, 20_000));
      results.push(result);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
