/**
 * Builds what the site needs to start: the web app, when its sources changed, and a prepared empty database.
 * --check builds nothing: exit code 0 when the web app was made from these sources, else 1.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FolderLock } from '@homepage/platform';

const root = resolve(import.meta.dirname, '..');
const web = join(root, 'apps/web');
const stampFile = join(web, 'build', 'sources.sha256');

const sources = hashOf([
  'apps/web/{src,static,build-support}/**/*',
  'apps/web/{package.json,vite.config.ts,tsconfig.json}',
  'packages/contract/src/**/*.ts',
  'packages/platform/src/config/*.ts',
  'packages/markdown/src/code.css',
  'homepage.config.ts',
  'package-lock.json',
]);
const cache = join(root, '.cache');
if (process.argv.includes('--check')) {
  process.exitCode = isFresh() ? 0 : 1;
} else {
  const lock = await lockBuild();
  if (!isFresh()) buildWeb();
  const { prepareFonts, prepareTemplate } = await import('@homepage/site');
  await prepareTemplate(cache);
  await prepareFonts(cache);
  lock.release();
}

function isFresh(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sources;
}

/** Two at once would write into the same files. A build that dies lets go by itself. */
async function lockBuild(): Promise<FolderLock> {
  // Here, as the rest of them: --check needs none of it, and `homepage doctor` waits for the answer.
  const { lockFolder } = await import('@homepage/platform');
  const folder = join(cache, 'build');
  mkdirSync(folder, { recursive: true });
  for (let told = false; ; told = true) {
    const lock = lockFolder(folder, 'build');
    if (lock) return lock;
    if (!told) console.error('Another build is under way: waiting for it …');
    await wait(200);
  }
}

function buildWeb(): void {
  console.error('Building the web app …');
  rmSync(stampFile, { force: true });
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const result = spawnSync(
    process.execPath,
    [vite, 'build', '--configLoader', 'native', '--logLevel', 'warn'],
    {
      cwd: web,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, HOMEPAGE_BUILD_ID: sources.slice(0, 12), NODE_ENV: 'production' },
    },
  );
  if (result.status !== 0) {
    console.error('The web app could not be built: see the lines above.');
    process.exit(1);
  }
  writeFileSync(stampFile, sources);
}

function hashOf(patterns: string[]): string {
  const files = globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
