/** `npm run dev` in a copy of the repository: a change of a page shows in place, one of the API after its restart. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSite, type RunningSite } from '@homepage/testkit';
import { openBrowser } from '@homepage/testkit/browser';

const repository = resolve(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'homepage-dev-'));
let browser: Browser;
let site: RunningSite;

beforeAll(async () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(Boolean)) cpSync(join(repository, file), join(copy, file));
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  // A port of its own: after a restart, PORT=0 would be another one.
  const env = { PORT: String(await freePort()) };
  site = await startSite({ dataDir: join(copy, 'data'), script: 'scripts/dev.ts', repository: copy, env });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(copy, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

function change(file: string, from: string, to: string): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

test('a page changes in place', async () => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${site.address}/posts`, { waitUntil: 'networkidle' });
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  change('apps/web/src/routes/posts/Posts.svelte', '{words.posts}</h1>', 'Changed heading</h1>');
  await page.getByRole('heading', { name: 'Changed heading' }).waitFor();
  expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  expect(problems).toEqual([]);
  await page.close();
});

test('the API restarts on the same port', async () => {
  const policy = async (): Promise<string | null> => {
    const response = await fetch(`${site.address}/api/v1/site`);
    return response.headers.get('referrer-policy');
  };
  expect(await policy()).toBe('strict-origin-when-cross-origin');
  change('apps/api/src/security-headers.ts', 'strict-origin-when-cross-origin', 'same-origin');
  await expect.poll(() => policy().catch(() => null), { timeout: 30_000 }).toBe('same-origin');
});
