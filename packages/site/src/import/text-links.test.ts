import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeFolder, openTestSite, type TestFolder, type TestSite } from '@homepage/testkit';
import { exportFolder } from '../export/export-folder.ts';
import { listRedirects } from '../redirects/redirects.ts';
import { importFolder } from './import-folder.ts';

let site: TestSite;
let folder: TestFolder;
beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  folder = makeFolder();
  for (const table of ['redirects', 'entries', 'gone', 'tags', 'media'] as const)
    await site.db.deleteFrom(table).execute();
});
afterEach(() => folder.remove());

const run = (to: TestSite = site, path = folder.path) =>
  importFolder({ db: to.db, storage: to.storage, folder: path, timeZone: 'UTC' });
const entries = ({ db }: TestSite) =>
  db
    .selectFrom('entries')
    .select(['kind', 'slug', 'title', 'html', 'published_at', 'status', 'front_matter', 'fingerprint'])
    .orderBy('kind')
    .orderBy('slug')
    .execute();
const redirects = ({ db }: TestSite) =>
  db
    .selectFrom('redirects')
    .leftJoin('entries', 'entries.id', 'entry_id')
    .select(['path', 'target', 'entries.slug'])
    .orderBy('path')
    .execute();
const png = (color: string): Promise<Buffer> =>
  sharp({ create: { width: 3, height: 2, channels: 3, background: color } })
    .png()
    .toBuffer();

test('links between texts lead to their pages, whichever way they are written', async () => {
  folder.write({
    'content/blog/a.md': `---
title: A
date: 2020-01-01
aliases: [/2020/a.html]
---

[1](b.md) [2](./b.md#part) [3](../blog/b) [4](/blog/b/) [5](<../about.md>) [6](/2020/a.html)
[7](https://example.com/b.md) [8](#part) <a href="b.md">9</a> [10](missing.md) [11](/blog/none/) [12][x]

[x]: ./b.md "B"

\`[code](b.md)\`
`,
    'content/blog/b.md': '---\ntitle: B\ndate: 2020-01-02\nslug: bee\n---\nText.',
    'content/about.md': 'About.',
  });
  const report = await run();
  const [, a] = await entries(site);
  expect([...a!.html.matchAll(/href="([^"]*)"/g)].map((match) => match[1])).toEqual([
    '/posts/bee',
    '/posts/bee#part',
    '/posts/bee',
    '/posts/bee',
    '/about',
    '/posts/a',
    'https://example.com/b.md',
    '#part',
    '/posts/bee',
    'missing.md',
    '/blog/none/',
    '/posts/bee',
  ]);
  expect(a!.html).toContain('[code](b.md)');
  expect(report.files.filter((line) => line.action === 'note')).toEqual([
    {
      path: 'content/blog/a.md',
      action: 'note',
      slug: 'a',
      line: 8,
      reason: 'The link to missing.md leads to no text of this folder. Correct it, or remove it.',
    },
  ]);
});

test('a blog comes out as it went in: texts, shared pictures, old addresses, redirects', async () => {
  folder.write({
    'hugo.toml': '',
    'static/img/shared.png': await png('#123'),
    'content/blog/2020/a/index.md':
      '---\ntitle: A\ndate: 2020-01-01\nkept: { deep: [1, two] }\naliases: [/old/a]\n---\n![S](/img/shared.png "Caption")\n![O](own.png)\n[b](../b.md)',
    'content/blog/2020/a/own.png': await png('#321'),
    'content/blog/2020/b.md':
      '+++\ntitle = "B"\ndate = 2020-01-02T10:00:00+01:00\n[params]\nx = 1\n+++\n![S](/img/shared.png)',
    'content/blog/2019-05-06-dated.md': '---\ntitle: Dated\n---\nText.',
    'redirects.yaml': '/feed/: /rss.xml\n/never: gone\n/away: https://example.com/x\n',
  });
  const first = await run();
  expect(first).toMatchObject({ created: 4, failed: 0, notes: 0 });
  expect([...(await listRedirects(site.db))]).toEqual([
    ['/away', 'https://example.com/x'],
    ['/feed', '/rss.xml'],
    ['/never', null],
  ]);
  expect(await run()).toMatchObject({ created: 0, updated: 0, unchanged: 4 });

  const out = mkdtempSync(join(tmpdir(), 'homepage-out-'));
  const other = await openTestSite();
  try {
    const written = await exportFolder({ ...site, folder: join(out, 'x'), timeZone: 'UTC' });
    expect(written.skipped).toEqual([]);
    expect(await run(other, join(out, 'x'))).toMatchObject({ created: 4, failed: 0, notes: 0 });
    expect(await entries(other)).toEqual(await entries(site));
    expect(await redirects(other)).toEqual(await redirects(site));
  } finally {
    await other.close();
    rmSync(out, { recursive: true, force: true });
  }
});

test('redirects that cannot be are refused with their line, and the texts come in', async () => {
  folder.write({
    'posts/a.md': '---\ndate: 2020-01-01\n---\nText.',
    'redirects.yaml': '/a: /b\n/b: /a\n',
  });
  expect((await run()).files[1]).toMatchObject({
    action: 'failed',
    reason: 'The redirect of /a never ends: /a → /b → /a. Let one of them lead to a page.',
  });
  folder.write({ 'redirects.yaml': '/a: /b\nb: /c\n' });
  expect((await run()).files[1]).toMatchObject({
    action: 'failed',
    line: 2,
    reason: 'b is no path of this site. Write it as /old/address.',
  });
  folder.write({ 'redirects.yaml': '/a: javascript:alert(1)\n' });
  expect((await run()).files[1]).toMatchObject({ action: 'failed', line: 1 });
});
