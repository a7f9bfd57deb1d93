/** Every link and file that the sample site names is there, and every fragment has its place. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSite, type RunningSite } from '@homepage/testkit';

let folder: string;
let site: RunningSite;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homepage-links-'));
  site = await startSite({ dataDir: folder });
});
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('from the first page every address of the site is reached, and answers', async () => {
  const pages = new Map<string, string>();
  const broken: string[] = [];
  const waiting: { path: string; from: string }[] = [{ path: '/', from: 'the start' }];
  const fragments: { path: string; id: string; from: string }[] = [];
  while (waiting.length > 0) {
    const { path, from } = waiting.pop()!;
    if (pages.has(path)) continue;
    const response = await fetch(site.address + path);
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    pages.set(path, isPage ? await response.text() : '');
    if (response.status !== 200) broken.push(`${from} → ${path}: ${response.status}`);
    for (const [, target] of pages.get(path)!.matchAll(/\s(?:href="|src="|content="(?=http))([^"]+)"/g)) {
      const url = new URL(target!.replaceAll('&amp;', '&'), site.address + path);
      if (url.origin !== site.address) continue;
      waiting.push({ path: url.pathname + url.search, from: path });
      if (url.hash)
        fragments.push({ path: url.pathname + url.search, id: decodeURIComponent(url.hash.slice(1)), from });
    }
  }
  for (const { path, id, from } of fragments) {
    if (!pages.get(path)!.includes(` id="${id}"`)) broken.push(`${from} → ${path}#${id}: no such place`);
  }
  expect(broken).toEqual([]);
  expect([...pages.keys()]).toEqual(
    expect.arrayContaining(['/about', '/archive', '/platform', '/rss.xml', '/privacy', '/tags']),
  );
});
