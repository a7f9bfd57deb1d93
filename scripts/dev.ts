/** Development: one port, the web app reloads in place (Vite), the API restarts when its sources change. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const watched = ['apps/api/src', 'packages', 'homepage.config.ts'].map((path) => `--watch-path=${path}`);
const child = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', ...watched, 'apps/api/src/dev.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => (process.exitCode = code ?? 0));
