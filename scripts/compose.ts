/**
 * `npm run compose:dev [-- <command of docker compose>]`: the whole shape in containers, for development. Makes
 * deploy/compose/.env at the first start; data stays over `down` and `up`.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { lockFile, readLock } from '@homepage/images';
import { Problem, problemText } from '@homepage/platform';
import { composeCommand } from './compose/command.ts';
import { ensureEnvFile } from './compose/env-file.ts';
import { imageVariables } from './compose/images.ts';

const HELP = `npm run compose:dev [-- <command of docker compose>]
PostgreSQL, Valkey, MinIO, Vault, and the site with hot reload of pages and API, in containers on this machine alone.
  npm run compose:dev                              all of it, until Ctrl-C: http://localhost:3000
  npm run compose:dev -- up --detach               in the background
  npm run compose:dev -- down                      ends it; data stays (--volumes: it goes)
  npm run compose:dev -- --profile images up       nginx and the API as their images are, too: http://localhost:8080
Passwords and other settings: deploy/compose/.env, made at the first start.`;

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'deploy/compose');

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(problemText(error));
  process.exitCode = 1;
}

function run(args: string[]): number {
  if (args[0] === '--help') {
    console.log(HELP);
    return 0;
  }
  const [command, ...words] = composeCommand();
  const envFile = join(folder, '.env');
  if (ensureEnvFile(envFile)) console.error(`Made ${envFile}: passwords of this machine, for you alone.`);
  const { variables, byTag } = imageVariables(readLock(lockFile(root)));
  if (byTag.length > 0)
    console.error(
      `Taken by their tags, for development only, since they were never resolved: ${byTag.join(', ')}`,
    );
  const files = [
    '--project-directory',
    folder,
    '--file',
    join(folder, 'compose.yaml'),
    '--env-file',
    envFile,
  ];
  const { status } = spawnSync(command!, [...words, ...files, ...(args.length > 0 ? args : ['up'])], {
    stdio: 'inherit',
    // What is set already wins: images that were built here.
    env: { ...variables, ...process.env },
  });
  return status ?? 1;
}
