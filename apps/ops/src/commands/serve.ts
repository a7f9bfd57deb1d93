/** The site is its own program (apps never import each other): it runs as a child, and its end is ours. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import { forwardSignals } from '../../bin/forward-signals.js';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';

/** With --json the addresses are printed when the site is ready, and nothing after that. */
export async function serve(shell: Shell): Promise<Outcome> {
  const main = join(shell.repository, 'apps/api/bin/serve.js');
  const child = spawn(process.execPath, [main], {
    cwd: shell.repository,
    env: shell.env,
    stdio: ['inherit', shell.json ? 'pipe' : 'inherit', 'inherit'],
  });
  forwardSignals(child);
  const ready = shell.json && (await readAddresses(child));
  if (ready) process.stdout.write(`${JSON.stringify(ready)}\n`);
  const code = child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0];
  if (shell.json && !ready && code !== 0) {
    throw new Problem('SERVE_FAILED', `The site ended with exit code ${code} before it was ready.`, {
      fix: 'Its own message is on stderr; `homepage doctor` looks for the cause.',
    });
  }
  return { ok: code === 0, json: undefined, text: '' };
}

type Addresses = { address: string; opsAddress: string };

/** Reads what the site prints until it is ready; the lines go on to stderr. Undefined when it ends before. */
async function readAddresses(child: ChildProcess): Promise<Addresses | undefined> {
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text));
  return new Promise((done) => {
    child.stdout!.on('data', (text: string) => {
      output += text;
      const address = /^Homepage is ready: (\S+)$/m.exec(output)?.[1];
      const opsAddress = /^Health and metrics: (\S+)\/readyz$/m.exec(output)?.[1];
      if (address && opsAddress) done({ address, opsAddress });
    });
    child.once('exit', () => done(undefined));
  });
}
