/**
 * Lays the files of the API's image out: two folders, one for each of its layers. `packages` changes with package-lock.json
 * alone, `program` with every release. Both are put at /app.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { neededBy, type Lockfile, type Machine } from './packages.ts';

/** of the image, as the Dockerfile says */
export const USER = 65532;

const PROGRAMS = ['apps/api', 'apps/ops'];

/** Beside the workspaces: what they read while they run. */
const FILES = [
  'package.json',
  'homepage.config.ts',
  'apps/web/build',
  'packages/site/sample',
  'deploy/vault',
  'LICENSE',
];

/** Made by scripts/build.ts: the empty database that first starts and proofs of backups copy, and the fonts of previews. */
const PREPARED = ['.cache/database-*', '.cache/fonts-*'];

/** What Node never reads there. It refuses TypeScript below node_modules; fonts were prepared. */
const NOT_OF_PACKAGES = new Set([
  '.ts',
  '.mts',
  '.cts',
  '.map',
  '.md',
  '.markdown',
  '.flow',
  '.woff',
  '.woff2',
]);
const NO_PROGRAM = /\.test\.ts$|^test-[^/]+\.ts$|\.fixture\.js$|\.d\.ts$/;

/** @param from the repository, with its packages installed and its web app built */
export async function layOutBackend(from: string, to: string, machine: Machine): Promise<void> {
  const lockfile = JSON.parse(readFileSync(join(from, 'package-lock.json'), 'utf8')) as Lockfile;
  const { workspaces, packages } = neededBy(PROGRAMS, lockfile, machine);
  for (const path of packages) copyPackage(join(from, path), join(to, 'packages', path));
  const program = join(to, 'program');
  for (const path of workspaces) {
    copySources(from, program, path);
    const { name } = JSON.parse(readFileSync(join(from, path, 'package.json'), 'utf8')) as { name: string };
    const link = join(to, 'packages/node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    // Node follows it, and so finds TypeScript outside of node_modules.
    symlinkSync(join('../..', path), link);
  }
  const prepared = PREPARED.flatMap((pattern) => {
    const found = globSync(pattern, { cwd: from });
    return found.length > 0 ? found : [pattern];
  });
  for (const path of [...FILES, ...prepared]) {
    if (!existsSync(join(from, path))) throw new Error(`${path} is missing: run npm run build`);
    cpSync(join(from, path), join(program, path), { recursive: true });
  }
  // Machine code is of one machine.
  if (machine.cpu === process.arch) await compileAhead(from, join(program, COMPILED));
  readableByAll(to);
}

/** @returns whether a file of the repository is in the image, under the same path below /app */
export function isInBackend(from: string, path: string): boolean {
  if (!existsSync(join(from, path))) return false;
  if (FILES.some((one) => path === one || path.startsWith(`${one}/`))) return true;
  const lockfile = JSON.parse(readFileSync(join(from, 'package-lock.json'), 'utf8')) as Lockfile;
  const { workspaces } = neededBy(PROGRAMS, lockfile, { cpu: 'x64' });
  return workspaces.some(
    (one) =>
      [`${one}/bin/`, `${one}/src/`].some((part) => path.startsWith(part)) &&
      !NO_PROGRAM.test(basename(path)),
  );
}

/** They are root's, and the program is not root; the prepared database was for its owner alone. */
function readableByAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const mode = lstatSync(path).mode;
    chmodSync(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}

const COMPILED = '.cache/compiled';

/**
 * Starts the API in the shape of the platform, with nobody there, and keeps what Node compiled: the image's root is read-only, so
 * every start would do that again. Which files they are is written relative to the folder, so it lies as deep there.
 */
async function compileAhead(from: string, to: string): Promise<void> {
  const compiled = join(from, `${COMPILED}-${process.pid}`);
  const child = spawn(join(from, 'node_modules/node/bin/node'), ['apps/api/bin/serve.js'], {
    cwd: from,
    env: {
      NODE_COMPILE_CACHE: compiled,
      NODE_COMPILE_CACHE_PORTABLE: '1',
      PORT: '0',
      OPS_PORT: '0',
      PUBLIC_URL: 'http://localhost',
      SECRETS_DIR: 'none',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nobody',
      CACHE_URL: 'valkey://127.0.0.1:1',
      STORAGE_URL: 's3://nobody:nothing@nobody?endpoint=http://127.0.0.1:1',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const exited = once(child, 'exit') as Promise<[number | null]>;
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      // Node writes it when it ends.
      if (output.includes('Ctrl-C')) child.kill('SIGTERM');
    });
    const [code] = await exited;
    if (code !== 0 || !existsSync(compiled))
      throw new Error(`the API could not be started (${code}):\n${output}`);
    // Node keeps it by version, machine and user.
    for (const name of readdirSync(compiled))
      cpSync(join(compiled, name), join(to, name.replace(/\d+$/, String(USER))), { recursive: true });
  } finally {
    rmSync(compiled, { recursive: true, force: true });
  }
}

function copyPackage(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${from} is not installed: run npm ci`);
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (source) => {
      if (source !== from && basename(source) === 'node_modules') return false;
      return lstatSync(source).isDirectory() || !NOT_OF_PACKAGES.has(extname(source));
    },
  });
}

function copySources(from: string, to: string, workspace: string): void {
  for (const part of ['package.json', 'bin', 'src']) {
    const source = join(from, workspace, part);
    if (!existsSync(source)) continue;
    cpSync(source, join(to, workspace, part), {
      recursive: true,
      filter: (path) => !NO_PROGRAM.test(basename(path)),
    });
  }
}
