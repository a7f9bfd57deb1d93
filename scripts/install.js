/**
 * Installs what package-lock.json names when node_modules lacks it. Runs on any Node from 18 on, before
 * anything is installed, so it uses nothing but Node and npm.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
const NODE_MAJOR = 24;

const missing = whatIsMissing();
if (missing) {
  console.error(`Installing packages (${missing}) …`);
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) fail('npm ci failed.', 'See the lines above; check the network and try again.');
}
checkPinnedNode();

/** The first package of the lockfile that is not installed as named there. Optional ones differ by machine. */
function whatIsMissing() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return 'first start';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || entry.optional || entry.devOptional || entry.peer) continue;
    if (entry.link ? !installed[path] : installed[path]?.version !== entry.version) return path;
  }
  return undefined;
}

function checkPinnedNode() {
  const node = join(root, 'node_modules/node/bin/node');
  const version = existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout : '';
  if (version?.startsWith(`v${NODE_MAJOR}.`)) return;
  fail(
    `Node ${NODE_MAJOR} was not installed with the packages.`,
    'Install scripts were probably blocked. Run: npm rebuild node --ignore-scripts=false',
  );
}

function fail(what, fix) {
  console.error(`${what}\n${fix}`);
  process.exit(1);
}
