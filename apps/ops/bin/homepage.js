#!/usr/bin/env node
/**
 * The `homepage` command. Starts on whatever Node the machine has (18 or newer) and goes on with the one
 * that package-lock.json pins, because the rest is TypeScript that only Node 24 runs. Uses nothing but Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { forwardSignals } from './forward-signals.js';

const NODE_MAJOR = 24;
const self = fileURLToPath(import.meta.url);
const compiled = fileURLToPath(new URL('../../../.cache/compiled', import.meta.url));
const pinned = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) {
  // As for the server (apps/api/bin/serve.js): types are taken out once, not at every start. Old Nodes have no such function.
  module.enableCompileCache({ directory: compiled, portable: true });
  await import('../src/main.ts');
} else {
  checkPinnedNode();
  const child = spawn(pinned, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  forwardSignals(child);
}

function checkPinnedNode() {
  const found = existsSync(pinned) ? spawnSync(pinned, ['--version'], { encoding: 'utf8' }).stdout : '';
  if (found && found.startsWith(`v${NODE_MAJOR}.`)) return;
  const installed = existsSync(
    fileURLToPath(new URL('../../../node_modules/.package-lock.json', import.meta.url)),
  );
  const fix = installed
    ? 'Install scripts were probably blocked. Run: npm rebuild node --ignore-scripts=false'
    : 'Run: npm install';
  const message = `Node ${NODE_MAJOR} is not installed in this repository.`;
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ error: { code: 'NODE_MISSING', message, fix } }));
  }
  console.error(`${message}\n${fix}`);
  process.exit(1);
}
