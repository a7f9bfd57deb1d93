import { createWriteStream, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import yazl from 'yazl';
import { makeFolder, openTestSite, type TestFolder, type TestSite } from '@homepage/testkit';
import { importFolder } from './import-folder.ts';
import type { ImportReport } from './report.ts';

let site: TestSite;
let folder: TestFolder;
beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());
beforeEach(() => void (folder = makeFolder()));
afterEach(() => folder.remove());

async function zipOf(files: Record<string, { text: string; mode?: number }>): Promise<string> {
  const zip = new yazl.ZipFile();
  for (const [name, { text, mode }] of Object.entries(files))
    zip.addBuffer(Buffer.from(text), name, { mtime: new Date('2020-02-02T12:00:00'), mode });
  zip.end();
  const file = join(folder.path, 'blog.zip');
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

const run = (file: string): Promise<ImportReport> =>
  importFolder({ db: site.db, storage: site.storage, folder: file, timeZone: 'UTC' });
const unpacked = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('homepage-zip-'));

test('a zip of a repository is its folder, and leaves nothing behind', async () => {
  const before = unpacked();
  const zip = await zipOf({
    'blog-main/posts/zipped.md': { text: '---\ntitle: Zipped\n---\nText.' },
    'blog-main/posts/link.md': { text: '/etc/passwd', mode: 0o120777 },
    'blog-main/node_modules/x/readme.md': { text: '# No' },
  });
  const report = await run(zip);
  expect(report).toMatchObject({ created: 1, failed: 0 });
  expect(report.files.map((line) => line.path)).toEqual(['posts/zipped.md', 'posts/zipped.md']);
  expect(report.files[1]!.reason).toContain('2020-02-02');
  expect(await run(zip)).toMatchObject({ unchanged: 1, created: 0 });
  expect(unpacked()).toEqual(before);
});

test('a zip of nothing but projects keeps the folder that says so', async () => {
  await run(await zipOf({ 'projects/loom.md': { text: '---\ntitle: Loom\n---\nText.' } }));
  expect(
    await site.db.selectFrom('entries').select(['kind', 'slug']).where('slug', '=', 'loom').execute(),
  ).toEqual([{ kind: 'project', slug: 'loom' }]);
});

test('a name that leads out of the folder is refused', async () => {
  const zip = await zipOf({ 'xx/evil.md': { text: 'Text.' } });

  const bytes = readFileSync(zip).toString('latin1').replaceAll('xx/evil.md', '../evil.md');
  writeFileSync(zip, Buffer.from(bytes, 'latin1'));
  await expect(run(zip)).rejects.toMatchObject({
    code: 'ZIP_UNREADABLE',
    message: 'The zip cannot be read: invalid relative path: ../evil.md.',
  });
});

test('a damaged zip is refused whole', async () => {
  const before = unpacked();
  const zip = await zipOf({ 'posts/a.md': { text: 'Text.'.repeat(1000) } });

  const bytes = readFileSync(zip);
  bytes.fill(0xff, 60, 80);
  writeFileSync(zip, bytes);
  await expect(run(zip)).rejects.toMatchObject({ code: 'ZIP_UNREADABLE' });
  writeFileSync(zip, 'not a zip at all');
  await expect(run(zip)).rejects.toMatchObject({ code: 'ZIP_UNREADABLE' });
  expect(unpacked()).toEqual(before);
});
