/** The real site, started by the command. `npm test` builds the web app first. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportReport } from '@homepage/site';
import { runHomepage } from '@homepage/testkit';
import { newFolder, post, runJson, writeFiles } from './test-content.ts';

let folder: string;
let site: ChildProcess;
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  if (site.exitCode === null && site.signalCode === null) {
    site.kill('SIGKILL');
    await once(site, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(env: Record<string, string>): { stdout(): string; stderr(): string } {
  const bin = resolve(import.meta.dirname, '../../bin/homepage.js');
  site = spawn(process.execPath, [bin, 'serve', '--json'], {
    env: { PATH: process.env['PATH'], DATA_DIR: `${folder}/data`, PORT: '0', OPS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  site.stdout!.on('data', (data: Buffer) => (stdout += data.toString()));
  site.stderr!.on('data', (data: Buffer) => (stderr += data.toString()));
  return { stdout: () => stdout, stderr: () => stderr };
}

test('serves, lets every command work beside it, and stops on SIGTERM with exit code 0', async () => {
  const output = start({});
  await once(site.stdout!, 'data');
  const { address, opsAddress } = JSON.parse(output.stdout()) as { address: string; opsAddress: string };
  expect((await fetch(`${opsAddress}/readyz`)).status).toBe(200);
  const dataDir = `${folder}/data`;
  const { hostname, port } = new URL(address);

  writeFiles(folder, { 'content/hello.md': post('Hello') });
  const imported = await runJson<ImportReport>(['import', `${folder}/content`], dataDir);
  expect([imported.code, imported.json.created]).toEqual([0, 1]);
  expect((await fetch(`${address}/api/v1/posts/hello`)).status).toBe(200);
  expect((await runJson(['migrate'], dataDir)).json).toEqual({ dryRun: false, ran: [], pending: [] });
  expect((await runHomepage(['sample', 'remove', '--yes'], dataDir)).code).toBe(0);

  const { json } = await runJson<{ checks: { name: string; ok: boolean; detail: string }[] }>(
    ['doctor'],
    dataDir,
    { PORT: port },
  );
  const detail = (name: string): string => json.checks.find((check) => check.name === name)!.detail;
  expect(detail('port')).toBe(`our site answers on ${hostname}:${port}`);
  expect(detail('data folder holder')).toContain('homepage serve');

  const second = await runJson<{ error: { code: string } }>(['serve'], dataDir, { PORT: '0', OPS_PORT: '0' });
  expect(second).toMatchObject({ code: 1, json: { error: { code: 'SERVE_FAILED' } } });
  expect(second.stderr).toMatch(/is in use by another process\.\nIt is process \d+ \(homepage serve, since /);

  site.kill('SIGTERM');
  expect(await once(site, 'exit')).toEqual([0, null]);
  expect(JSON.parse(output.stdout())).toEqual({ address, opsAddress });
});

test('a port that is taken ends it with exit code 1 and the site’s own words', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const output = start({ PORT: String(port) });
  expect(await once(site, 'close')).toEqual([1, null]);
  expect(output.stderr()).toContain(`Port ${port} on 127.0.0.1 is in use.\nStop what listens there`);
  expect(JSON.parse(output.stdout())).toMatchObject({ error: { code: 'SERVE_FAILED' } });
  other.close();
});
