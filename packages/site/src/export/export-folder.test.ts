import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, openTestSite, type TestFolder, type TestSite } from '@homepage/testkit';
import { importFolder } from '../import/import-folder.ts';
import { mediaKey } from '../media/resolve.ts';
import { seedSample } from '../sample/sample.ts';
import { exportFolder } from './export-folder.ts';

let site: TestSite;
let other: TestSite;
let from: TestFolder;
let to: TestFolder;
let again: TestFolder;

beforeAll(async () => {
  site = await openTestSite();
  other = await openTestSite();
});
afterAll(async () => {
  await site.close();
  await other.close();
});
beforeEach(async () => {
  [from, to, again] = [makeFolder(), makeFolder(), makeFolder()];
  for (const { db } of [site, other]) {
    await db.deleteFrom('entries').execute();
    await db.deleteFrom('media').execute();
    await db.deleteFrom('tags').execute();
    await db.deleteFrom('meta').execute();
  }
});
afterEach(() => [from, to, again].forEach((folder) => folder.remove()));

const png = (width: number): Promise<Buffer> =>
  sharp({ create: { width, height: 4, channels: 3, background: '#642' } })
    .png()
    .toBuffer();

/** Every file below a folder with its bytes. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file).toString('latin1')]),
  );
}

/** Everything about the entries that a visitor, a list or an export can see. */
function entriesOf({ db }: TestSite) {
  return db
    .selectFrom('entries')
    .select([
      'kind',
      'slug',
      'title',
      'description',
      'description_written',
      'status',
      'published_at',
      'updated_at',
    ])
    .select(['markdown', 'front_matter', 'html', 'headings', 'text', 'words', 'reading_minutes'])
    .select(['series_slug', 'series_title', 'cover_hash', 'cover_name', 'cover_alt'])
    .orderBy('kind')
    .orderBy('slug')
    .execute();
}

async function exportImportExport(): Promise<void> {
  await exportFolder({ db: site.db, storage: site.storage, folder: to.path, timeZone: 'UTC' });
  const report = await importFolder({
    db: other.db,
    storage: other.storage,
    folder: to.path,
    timeZone: 'UTC',
  });
  expect(report.files.filter((line) => line.action === 'failed')).toEqual([]);
  expect(JSON.stringify(await entriesOf(other))).toBe(JSON.stringify(await entriesOf(site)));
  await exportFolder({ db: other.db, storage: other.storage, folder: again.path, timeZone: 'UTC' });
  expect(contents(again.path)).toEqual(contents(to.path));
}

test('writes a folder that a person would write', async () => {
  from.write({
    'posts/plain.md': `---
tags: b, a
zebra: 1
title: "Plain: a title"
date: 2026-03-04T10:30:00+02:00
apple: { y: 1, x: 2 }
---
# Plain: a title

Body with *words*.
`,
    'deep/down/Pictured/index.md':
      '---\ndate: 2026-01-02\ncover: ./img/a b.png\n---\n![A](img/a%20b.png)\n![B](../b.png)\n',
    'deep/down/Pictured/img/a b.png': await png(3),
    'deep/down/b.png': await png(5),
    'about.md': 'Me.',
    'projects/tool.md': '---\nrepository: https://example.org\ndraft: true\n---\nTool.',
  });
  await importFolder({ db: site.db, storage: site.storage, folder: from.path, timeZone: 'UTC' });
  const report = await exportFolder({ db: site.db, storage: site.storage, folder: to.path, timeZone: 'UTC' });
  const files = contents(to.path);
  expect(Object.keys(files)).toEqual([
    'pages/about.md',
    'posts/Pictured/Pictured/img/a b.png',
    'posts/Pictured/Pictured/index.md',
    'posts/Pictured/b.png',
    'posts/plain.md',
    'projects/tool.md',
  ]);
  expect(report).toEqual({
    files: 6,
    bytes: Object.keys(files).reduce((sum, name) => sum + statSync(join(to.path, name)).size, 0),
    skipped: [],
  });
  expect(files['posts/plain.md']).toBe(`---
title: "Plain: a title"
date: 2026-03-04T08:30:00Z
tags:
  - b
  - a
zebra: 1
apple:
  y: 1
  x: 2
---
Body with *words*.
`);
  expect(files['projects/tool.md']).toBe(
    '---\ntitle: Tool\ndraft: true\nrepository: https://example.org\n---\nTool.\n',
  );
});

describe('export, import into an empty site, export again: the same pages and the same files', () => {
  test('of the sample content', async () => {
    await seedSample({ ...site, timeZone: 'UTC' });
    await exportImportExport();
  });

  test('of odd content', async () => {
    const picture = await png(7);
    from.write({
      'posts/a.md':
        '---\ntitle: "🛶 מסע: \'x\' #1"\ndate: 2026-01-01T10:00:00.123Z\nodd: [null, "yes", "2019-01-01", 1.50]\n---\n![](shared/x.png)',
      'posts/shared/x.png': picture,
      'posts/y/b.md':
        '---\ndate: 2026-01-01\ncover: ../shared/x.png\n---\n![](../shared/x.png)\n<img src="./../shared/x.png">',
      'posts/y/c.md':
        '---\ndate: 2026-01-01\ncover: { image: ../../img/100%.png, alt: All, credit: Me }\n---\n[x](../../img/100%25.png?v=1#top)',
      'img/100%.png': picture,
      'posts/Case.md': '---\ndate: 2026-01-01\n---\nUpper.',
      'posts/sub/case.md': '---\ndate: 2026-01-01\n---\nlower.',
      'posts/index/index.md': '---\ndate: 2026-01-01\n---\nIndex.',
      'pages/rule.md':
        '---\ntitle: Rule\n---\n---\n\nAfter a rule.\n\n\ttabbed code\n\ntrailing spaces  \n\n',
      'pages/empty.md': '---\ntitle: Only a title\n---\n',
      'pages/far.md': '---\ncover: https://example.org/x.png\n---\nText.',
      'projects/p.md':
        '---\nweight: 3\ndate: 1901-05-06\nupdated: 2099-01-01\ndescription: |\n  Two\n  lines.\n---\nText.',
      'undated.md': 'No date at all.',
    });
    const report = await importFolder({
      db: site.db,
      storage: site.storage,
      folder: from.path,
      timeZone: 'UTC',
    });
    expect(report).toMatchObject({ created: 11, failed: 0 });
    await exportImportExport();
  });
});

test('names that differ in case only get files of their own', async () => {
  from.write({
    'Case.md': '---\ndate: 2026-01-01\n---\nUpper.',
    'sub/case.md': '---\ndate: 2026-01-01\n---\nlower.',
  });
  await importFolder({ db: site.db, storage: site.storage, folder: from.path, timeZone: 'UTC' });
  await exportFolder({ db: site.db, storage: site.storage, folder: to.path, timeZone: 'UTC' });
  expect(Object.keys(contents(to.path))).toEqual(['posts/Case.md', 'posts/case-2.md']);
  expect(contents(to.path)['posts/case-2.md']).toContain('slug: case\n');
});

describe('the folder', () => {
  test('that is not empty is refused unless forced; other files stay', async () => {
    from.write({ 'pages/about.md': 'Me.' });
    await importFolder({ db: site.db, storage: site.storage, folder: from.path, timeZone: 'UTC' });
    to.write({ 'mine.txt': 'mine', 'pages/about.md': 'old' });
    const options = { db: site.db, storage: site.storage, folder: to.path, timeZone: 'UTC' };
    await expect(exportFolder(options)).rejects.toMatchObject({ code: 'EXPORT_NOT_EMPTY' });
    expect(contents(to.path)).toEqual({ 'mine.txt': 'mine', 'pages/about.md': 'old' });
    await exportFolder({ ...options, force: true });
    expect(contents(to.path)).toEqual({
      'mine.txt': 'mine',
      'pages/about.md': '---\ntitle: About\n---\nMe.\n',
    });
  });

  test('that is a file, or below a file, is refused', async () => {
    writeFileSync(join(to.path, 'file'), '');
    const options = { db: site.db, storage: site.storage, timeZone: 'UTC' };
    await expect(exportFolder({ ...options, folder: join(to.path, 'file') })).rejects.toMatchObject({
      code: 'EXPORT_NOT_A_FOLDER',
    });
    await seedSample({ ...site, timeZone: 'UTC' });
    await expect(exportFolder({ ...options, folder: join(to.path, 'file/below') })).rejects.toMatchObject({
      code: 'EXPORT_FAILED',
      message: expect.stringContaining('ENOTDIR'),
    });
  });
});

test('a picture that the storage lost is named, and the rest is written', async () => {
  from.write({ 'a/index.md': '---\ndate: 2026-01-01\n---\n![](a.png)', 'a/a.png': await png(11) });
  await importFolder({ db: site.db, storage: site.storage, folder: from.path, timeZone: 'UTC' });
  const { hash } = await site.db.selectFrom('media').select('hash').executeTakeFirstOrThrow();
  await site.storage.remove(mediaKey(hash));
  const report = await exportFolder({ db: site.db, storage: site.storage, folder: to.path, timeZone: 'UTC' });
  expect(report).toMatchObject({
    files: 1,
    skipped: [{ path: 'posts/a/a.png', reason: 'The file is missing in the storage.' }],
  });
});
