/** The start on whatever Node the machine has. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '../../..');
const bin = join(repository, 'apps/ops/bin/homepage.js');
const { version } = JSON.parse(
  spawnSync('cat', [join(repository, 'package.json')], { encoding: 'utf8' }).stdout,
) as { version: string };
/** without node_modules/.bin, which `npm test` puts first */
const PATH = process.env['PATH']!.split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

const folder = mkdtempSync(join(tmpdir(), 'homepage-bin-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes a Node say that it is an old one. */
const pretend = join(folder, 'pretend.mjs');
writeFileSync(
  pretend,
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } });`,
);
const old = ['--import', pathToFileURL(pretend).href];

function node(args: string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH, HOME: folder, ...env } });
}

test('the Node of the machine prints the version', () => {
  const { status, stdout, stderr } = spawnSync('/usr/bin/env', ['node', bin, '--version'], {
    encoding: 'utf8',
    env: { PATH },
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('an old Node goes on with the pinned one, from any folder, and exit codes pass through', () => {
  expect(node([...old, bin, '--version']).stdout).toBe(`${version}\n`);
  expect(node([...old, bin, 'imprt']).status).toBe(2);
});

test.each([
  ['nothing is installed', () => {}, 'Run: npm install'],
  [
    'install scripts were blocked',
    (copy: string) => {
      mkdirSync(join(copy, 'node_modules'), { recursive: true });
      writeFileSync(join(copy, 'node_modules/.package-lock.json'), '{}');
    },
    'Install scripts were probably blocked. Run: npm rebuild node --ignore-scripts=false',
  ],
  [
    'another Node is in its place',
    (copy: string) => {
      mkdirSync(join(copy, 'node_modules/node/bin'), { recursive: true });
      writeFileSync(join(copy, 'node_modules/.package-lock.json'), '{}');
      writeFileSync(join(copy, 'node_modules/node/bin/node'), '#!/bin/sh\necho v22.1.0\n');
      chmodSync(join(copy, 'node_modules/node/bin/node'), 0o755);
    },
    'Install scripts were probably blocked. Run: npm rebuild node --ignore-scripts=false',
  ],
])('when %s, the next step is said', (name, prepare, fix) => {
  const copy = join(folder, name.replaceAll(' ', '-'));
  cpSync(join(repository, 'apps/ops/bin'), join(copy, 'apps/ops/bin'), { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  prepare(copy);
  const start = join(copy, 'apps/ops/bin/homepage.js');
  const { status, stdout, stderr } = node([...old, start, 'doctor']);
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr: `Node 24 is not installed in this repository.\n${fix}\n`,
  });
  expect(JSON.parse(node([...old, start, 'doctor', '--json']).stdout)).toEqual({
    error: { code: 'NODE_MISSING', message: 'Node 24 is not installed in this repository.', fix },
  });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s goes to the child, and its end is ours',
  async (signal) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'forward-signals.fixture.js'), signal], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([7, null]);
  },
);

test('a child that a signal ended ends us by that signal', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'forward-signals.fixture.js'), 'none'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});
