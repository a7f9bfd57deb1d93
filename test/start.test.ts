/** `npm start` and what surrounds it: the first start, later ones, a busy port, a locked folder, a sudden end. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHomepage, startSite } from '@homepage/testkit';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'homepage-start-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const posts = async (address: string): Promise<{ slug: string; title: string }[]> =>
  ((await (await fetch(`${address}/api/v1/posts`)).json()) as { items: { slug: string; title: string }[] })
    .items;

test('a first start serves sample content that says so, on HTTP on this machine', async () => {
  const site = await startSite({ dataDir: join(folder, 'first') });
  expect(site.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(site.output()).toContain('sample remove');
  expect((await posts(site.address)).length).toBeGreaterThan(3);
  expect(await (await fetch(site.address)).text()).toContain('Sample content');
  expect(await (await fetch(`${site.opsAddress}/metrics`)).text()).toMatch(
    /^process_resident_memory_bytes /m,
  );
  await site.stop();
});

test('sample content that was removed does not come back', async () => {
  const dataDir = join(folder, 'first');
  expect((await runHomepage(['sample', 'remove', '--yes'], dataDir)).code).toBe(0);
  const site = await startSite({ dataDir });
  expect(await posts(site.address)).toEqual([]);
  await site.stop();
});

test('a post imported while the site runs is there within a moment, and survives kill -9', async () => {
  const dataDir = join(folder, 'first');
  const content = join(folder, 'content');
  mkdirSync(content);
  writeFileSync(join(content, 'hello.md'), '---\ntitle: Hello\ndate: 2026-01-01\n---\n\nText.\n');
  const site = await startSite({ dataDir });
  expect(await (await fetch(`${site.address}/posts`)).text()).not.toContain('Hello');
  const imported = await runHomepage(['import', content, '--json'], dataDir);
  expect(imported.code).toBe(0);
  expect(JSON.parse(imported.stdout)).toMatchObject({ created: 1, failed: 0 });
  await expect
    .poll(async () => (await fetch(`${site.address}/posts`)).text(), { timeout: 10_000 })
    .toContain('Hello');

  site.process.kill('SIGKILL');
  await once(site.process, 'exit');
  const again = await startSite({ dataDir });
  expect((await posts(again.address)).map((post) => post.title)).toEqual(['Hello']);
  await again.stop();
});

test('a second site on the same folder is refused, and told who holds it', async () => {
  const dataDir = join(folder, 'first');
  const site = await startSite({ dataDir });
  await expect(startSite({ dataDir })).rejects.toThrow(`It is process ${site.process.pid}`);
  expect((await fetch(site.address)).status).toBe(200);
  await site.stop();
});

test('a taken port is named with the way out', async () => {
  const site = await startSite({ dataDir: join(folder, 'first') });
  const { port } = new URL(site.address);
  await expect(startSite({ dataDir: join(folder, 'other'), env: { PORT: port } })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use.`,
  );
  await site.stop();
});

test('a failure that nobody caught is logged, and ends the process in order', async () => {
  const dataDir = join(folder, 'first');
  const fault = `process.on('SIGUSR2', () => Promise.reject(new Error('nobody caught this')))`;
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(fault)}` };
  const site = await startSite({ dataDir, env });
  // Now that it is open there is something to close.
  const exited = once(site.process, 'exit') as Promise<[number]>;
  site.process.kill('SIGUSR2');
  const [code] = await exited;
  expect([code, site.output()]).toEqual([1, expect.stringContaining('nobody caught this')]);
  // Nothing of it is left: the folder is free at once.
  await (await startSite({ dataDir })).stop();
});

test.each([
  ["export default { domain: 'a b' };", 'domain'],
  ['export default', 'wrong.config.ts'],
])('a wrong configuration ends the start, and the folder is free again: %s', async (text, named) => {
  const file = join(folder, 'wrong.config.ts');
  writeFileSync(file, text);
  const dataDir = join(folder, 'configured');
  await expect(startSite({ dataDir, env: { HOMEPAGE_CONFIG: file } })).rejects.toThrow(named);
  const site = await startSite({ dataDir });
  await site.stop();
});

test('a data folder that cannot be made is named', async () => {
  writeFileSync(join(folder, 'a-file'), '');
  await expect(startSite({ dataDir: join(folder, 'a-file/data') })).rejects.toThrow(/DATA_DIR|data folder/);
});

test('settings come from .env, and a wrong one is named without its value', () => {
  const root = join(import.meta.dirname, '..');
  const script = `
    import { loadDotEnv, readSettings } from '@homepage/platform';
    loadDotEnv(process.argv[1]);
    try { console.log(readSettings().port) } catch (error) { console.log(error.message, error.problems[0].message) }`;
  const read = (env: string): string => {
    const place = mkdtempSync(join(folder, 'env-'));
    writeFileSync(join(place, '.env'), env);
    const args = ['--input-type=module', '--eval', script, place];
    const { PATH } = process.env;
    return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: { PATH } }).stdout;
  };
  expect(read('PORT=4123\n')).toBe('4123\n');
  const wrong = read('PORT=secret-value\n');
  expect(wrong).toContain('PORT must be a port number');
  expect(wrong).not.toContain('secret-value');
});
