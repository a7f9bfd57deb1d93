import { mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Problem, type Storage } from '@homepage/platform';
import { makeFolder, openTestSite, type TestFolder, type TestSite } from '@homepage/testkit';
import { findPage } from '../pages/pages.ts';
import { findPost } from '../posts/posts.ts';
import { findProject } from '../projects/projects.ts';
import { mediaKey } from '../media/resolve.ts';
import { importFolder, type ImportOptions } from './import-folder.ts';
import { ImportStopped, type FileReport, type ImportReport } from './report.ts';

let site: TestSite;
let folder: TestFolder;

beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  folder = makeFolder();
  for (const table of ['entries', 'gone', 'tags', 'media'] as const)
    await site.db.deleteFrom(table).execute();
});
afterEach(() => folder.remove());

const run = (options: Partial<ImportOptions> = {}): Promise<ImportReport> =>
  importFolder({ db: site.db, storage: site.storage, folder: folder.path, timeZone: 'UTC', ...options });

const counts = ({ files: _files, ...numbers }: ImportReport) => numbers;
const nothing = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, removed: 0, notes: 0 };
const lines = (report: ImportReport, action: FileReport['action']) =>
  report.files.filter((line) => line.action === action);

const post = (slug: string) =>
  site.db
    .selectFrom('entries')
    .selectAll()
    .where('kind', '=', 'post')
    .where('slug', '=', slug)
    .executeTakeFirst();
const png = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#246' } })
    .png()
    .toBuffer();
const dated = (body = 'Text.'): string => `---\ntitle: A title\ndate: 2026-03-04\n---\n\n${body}\n`;

describe('a folder as people have it', () => {
  test('becomes posts, pages and projects with every field', async () => {
    folder.write({
      'posts/hello.md': `---
title: Hello
date: 2026-03-04
updated: 2026-03-05T10:30:00+02:00
tags: [Writing, C++, writing]
description: A first post.
series: Beginnings
mood: calm
zebra: [2, 1]
---

The **body**.
`,
      'posts/2019/deep/index.markdown': dated(),
      'pages/colophon.md': '---\ntitle: Colophon\n---\nWords.',
      'projects/tool/index.md':
        '---\ntitle: Tool\nrepository: https://example.org/tool\nperiod: 2024\n---\nIt works.',
      'about.md': '# About me\n\nHello.',
      'loose.md': dated(),
      'unrelated.txt': 'not read',
    });
    const report = await run();
    expect(counts(report)).toEqual({ ...nothing, created: 6 });
    expect(report.files.map((line) => `${line.path} ${line.action} ${line.slug}`)).toEqual([
      'about.md created about',
      'loose.md created loose',
      'pages/colophon.md created colophon',
      'posts/2019/deep/index.markdown created deep',
      'posts/hello.md created hello',
      'projects/tool/index.md created tool',
    ]);

    const hello = await post('hello');
    expect(hello).toMatchObject({
      title: 'Hello',
      description: 'A first post.',
      status: 'published',
      series_slug: 'beginnings',
      series_title: 'Beginnings',
      markdown: 'The **body**.\n',
      source: 'posts/hello.md',
      sample: false,
    });
    expect(hello!.published_at!.toISOString()).toBe('2026-03-04T00:00:00.000Z');
    expect(hello!.updated_at!.toISOString()).toBe('2026-03-05T08:30:00.000Z');
    expect(JSON.stringify(hello!.front_matter)).toBe('{"mood":"calm","zebra":[2,1]}');
    const found = await findPost(site.db, 'hello');
    expect(found.status === 'found' && found.value.tags).toEqual([
      { slug: 'writing', label: 'writing' },
      { slug: 'c-plus-plus', label: 'C++' },
    ]);
    const about = await findPage(site.db, 'about');
    expect(about.status === 'found' && about.value.title).toBe('About me');
    expect(about.status === 'found' && about.value.html).not.toContain('About me');
    const tool = await findProject(site.db, 'tool');
    expect(tool.status === 'found' && tool.value.period).toBe('2024');
  });

  test('the second import reports everything unchanged and writes nothing', async () => {
    folder.write({
      'a.md': dated('![A](a.png)'),
      'a.png': await png(3, 2),
      'b.md': 'No front matter.',
      'about.md': 'Me.',
    });
    await run();
    const before = await everyRow();
    expect(counts(await run())).toEqual({ ...nothing, unchanged: 3 });
    expect(await everyRow()).toEqual(before);
  });

  test('a changed file is updated, and only that', async () => {
    folder.write({ 'a.md': dated('One.'), 'b.md': dated('Two.') });
    await run();
    folder.write({ 'b.md': dated('Three.') });
    expect(counts(await run())).toEqual({ ...nothing, updated: 1, unchanged: 1 });
    expect((await post('b'))!.html).toContain('Three.');
  });

  test('a changed picture updates the post that shows it', async () => {
    folder.write({ 'a.md': dated('![A](a.png)'), 'a.png': await png(3, 2) });
    await run();
    folder.write({ 'a.png': await png(4, 2) });
    expect(counts(await run())).toEqual({ ...nothing, updated: 1 });
    expect((await post('a'))!.html).toContain('width="4"');
  });

  test('a moved file is the same entry', async () => {
    folder.write({ 'posts/a.md': dated() });
    await run();
    rmSync(join(folder.path, 'posts/a.md'));
    folder.write({ 'posts/a/index.md': dated() });
    expect(counts(await run({ prune: () => true }))).toEqual({ ...nothing, unchanged: 1 });
    expect((await post('a'))!.source).toBe('posts/a/index.md');
  });

  test('dryRun says the same and writes nothing', async () => {
    folder.write({
      'a.md': dated('![A](a.png)'),
      'a.png': await png(33, 22),
      'b.md': '---\ndate: 2019-13-45\n---\n',
    });
    const before = await everyRow();
    const objects = await Array.fromAsync(site.storage.list(''));
    const preview = await run({ dryRun: true });
    expect(await everyRow()).toEqual(before);
    expect(await Array.fromAsync(site.storage.list(''))).toEqual(objects);
    expect(await run()).toEqual(preview);
    expect(counts(await run({ dryRun: true }))).toEqual({ ...nothing, unchanged: 1, failed: 1 });
  });

  test('progress counts every file', async () => {
    folder.write({ 'a.md': dated(), 'b.md': '' });
    const seen: string[] = [];
    await run({ onProgress: ({ done, total, path }) => seen.push(`${done}/${total} ${path}`) });
    expect(seen).toEqual(['1/2 a.md', '2/2 b.md']);
  });
});

describe('title and date', () => {
  test.each([
    ['the first heading, of level 1', '# The *title*\n\n## Part\n\nText.', 'The title', '## Part\n\nText.\n'],
    ['a heading that leads, of any level', '### Small\n\nText.', 'Small', 'Text.\n'],
    ['an underlined heading', 'The title\n=========\n\nText.', 'The title', 'Text.\n'],
    ['a level 1 after an opening', 'Hello.\n\n# Title\n\nText.', 'Title', 'Hello.\n\n\n\nText.\n'],
    [
      'the file name, when a lesser heading comes later',
      'Hello.\n\n## Part',
      'My first post',
      'Hello.\n\n## Part\n',
    ],
    [
      'the file name, when the heading is code',
      '```sh\n# not a title\n```',
      'My first post',
      '```sh\n# not a title\n```\n',
    ],
    [
      'the front matter, and the same heading goes',
      '---\ntitle: Same\n---\n# Same\n\nText.',
      'Same',
      'Text.\n',
    ],
    [
      'the front matter, and another heading stays',
      '---\ntitle: One\n---\n# Two\n\nText.',
      'One',
      '# Two\n\nText.\n',
    ],
  ])('title from %s', async (_from, text, title, markdown) => {
    folder.write({ 'pages/my-first_post.md': text });
    await run();
    const row = await site.db.selectFrom('entries').select(['title', 'markdown']).executeTakeFirstOrThrow();
    expect(row).toEqual({ title, markdown });
  });

  test('a post without date takes the day of its file, says so, and keeps it', async () => {
    folder.write({ 'a.md': 'One.' });
    utimesSync(join(folder.path, 'a.md'), new Date('2024-05-06T07:08:09Z'), new Date('2024-05-06T07:08:09Z'));
    const report = await run();
    expect(lines(report, 'note')[0]).toMatchObject({ path: 'a.md', slug: 'a', line: null });
    expect(lines(report, 'note')[0]!.reason).toMatch(
      /^It has no date; the day the file was changed, 2024-05-06, is used/,
    );
    folder.write({ 'a.md': 'Two.' });
    expect(counts(await run())).toEqual({ ...nothing, updated: 1 });
    expect((await post('a'))!.published_at!.toISOString()).toBe('2024-05-06T07:08:09.000Z');
  });

  test('a file from a clock that runs ahead is not hidden until then', async () => {
    folder.write({ 'a.md': 'One.' });
    utimesSync(join(folder.path, 'a.md'), new Date('2090-01-01'), new Date('2090-01-01'));
    await run({ now: () => new Date('2026-06-01T12:00:00Z') });
    expect((await post('a'))!.published_at!.toISOString()).toBe('2026-06-01T12:00:00.000Z');
  });

  test('a draft needs no date, and a date in the future is kept', async () => {
    folder.write({ 'a.md': '---\ndraft: true\n---\nOne.', 'b.md': '---\ndate: 2099-01-01\n---\nTwo.' });
    expect(counts(await run())).toEqual({ ...nothing, created: 2 });
    expect(await post('a')).toMatchObject({ status: 'draft', published_at: null });
    expect(await findPost(site.db, 'b')).toEqual({ status: 'missing' });
  });
});

describe('addresses', () => {
  test('usable names stay as they are, others are mended with a note', async () => {
    folder.write({
      'Hello-World_2.0.md': dated(),
      ['été.md'.normalize('NFD')]: dated(),
      'With spaces & more.md': dated(),
      'x.md': '---\ndate: 2026-01-01\nslug: Another Name\n---\nText.',
    });
    const report = await run();
    expect(lines(report, 'created').map((line) => line.slug)).toEqual([
      'Hello-World_2.0',
      'with-spaces-more',
      // "e" and its accent as two characters: an address has one
      'été'.normalize('NFC'),
      'another-name',
    ]);
    expect(lines(report, 'note').map((line) => `${line.path}:${line.line} ${line.reason}`)).toEqual([
      'With spaces & more.md:null The address "With spaces & more" became "with-spaces-more".',
      'x.md:3 The address "Another Name" became "another-name".',
    ]);
  });

  test('of two files with one slug the first in path order wins, and the second names it', async () => {
    folder.write({
      'posts/b/index.md': dated('First.'),
      'posts/b.md': dated('Second.'),
      'pages/b.md': 'A page may have it too.',
    });
    const report = await run();
    expect(counts(report)).toEqual({ ...nothing, created: 2, failed: 1 });
    expect(lines(report, 'failed')).toEqual([
      {
        path: 'posts/b/index.md',
        action: 'failed',
        slug: null,
        line: null,
        reason: 'The address "b" belongs to posts/b.md already. Give one of the two another "slug:".',
      },
    ]);
    expect((await post('b'))!.html).toContain('Second.');
  });

  test.each(['admin', 'API', 'posts', 'tags', 'search', 'rss.xml', 'robots.txt'])(
    'a page may not take /%s',
    async (slug) => {
      folder.write({ 'pages/x.md': `---\nslug: ${slug}\n---\nText.` });
      const [line] = lines(await run(), 'failed');
      expect(line!.reason).toBe(
        `The address /${slug} belongs to the site itself. Choose another "slug:", or another file name.`,
      );
    },
  );

  test('a name without letters fails with the fix, and the page of a folder is skipped with a word', async () => {
    folder.write({ 'posts/index.md': dated(), 'blog/_index.md': dated(), '!!!.md': dated() });
    const report = await run();
    expect(lines(report, 'failed').map((line) => line.reason)).toEqual([
      '"!!!" leaves nothing for an address. Add "slug:" with letters or digits to the front matter.',
    ]);
    expect(lines(report, 'skipped').map((line) => `${line.path} ${line.reason}`)).toEqual([
      'blog/_index.md It is the page of a folder, and the site makes such pages itself. Put its text into a page of its own to keep it.',
      'posts/index.md It is the page of a folder, and the site makes such pages itself. Put its text into a page of its own to keep it.',
    ]);
  });
});

describe('files beside the text', () => {
  test('pictures go to storage, with type and size by their bytes', async () => {
    const picture = await png(30, 20);
    folder.write({
      'posts/a/index.md': dated(
        '![One](img/one.jpg)\n\n![Two](<../shared/två.png> "Caption")\n\n[Data](data.csv)',
      ),
      'posts/a/img/one.jpg': picture,
      ['posts/shared/två.png'.normalize('NFD')]: await png(8, 9),
      'posts/a/data.csv': 'a,b\n1,2\n',
    });
    expect(counts(await run())).toEqual({ ...nothing, created: 1 });
    const media = await site.db.selectFrom('media').selectAll().orderBy('bytes').execute();
    expect(media.map((row) => [row.content_type, row.width, row.height])).toEqual([
      ['text/plain; charset=utf-8', null, null],
      ['image/png', 8, 9],
      ['image/png', 30, 20],
    ]);
    for (const { hash, bytes } of media) expect((await site.storage.get(mediaKey(hash)))!.bytes).toBe(bytes);
    const { html } = (await post('a'))!;
    expect(html).toContain(`src="/media/${media[2]!.hash}/one.jpg"`);
    expect(html).toContain('width="30"');
    expect(html).toContain(`href="/media/${media[0]!.hash}/data.csv"`);
  });

  test('a cover, as path or with alt', async () => {
    folder.write({
      'a.md': '---\ndate: 2026-01-01\ncover: my pic.png\n---\nText.',
      'b.md': '---\ndate: 2026-01-01\ncover: { image: ./my pic.png, alt: Sea }\n---\nText.',
      'my pic.png': await png(5, 5),
    });
    expect(counts(await run())).toEqual({ ...nothing, created: 2 });
    expect(await post('a')).toMatchObject({ cover_name: 'my pic.png', cover_alt: '' });
    expect(await post('b')).toMatchObject({ cover_name: 'my pic.png', cover_alt: 'Sea' });
  });

  test('what is missing, damaged, unsafe or elsewhere is noted with its line; the post comes in', async () => {
    const outside = makeFolder({ 'secret.png': await png(1, 1) });
    folder.write({
      'posts/a.md': `---
title: A
date: 2026-01-01
cover: https://example.org/far.png
---

![](missing.png)
![](damaged.png)
![](evil.svg)
![](../../etc/passwd)
![](linked.png)
![](notes.txt)
![](https://example.org/x.png)
`,
      'posts/damaged.png': (await png(9, 9)).subarray(0, 20),
      'posts/evil.svg': '<svg xmlns="http://www.w3.org/2000/svg">\n<script>alert(1)</script></svg>',
      'posts/notes.txt': 'text',
    });
    symlinkSync(join(outside.path, 'secret.png'), join(folder.path, 'posts/linked.png'));
    const report = await run();
    outside.remove();
    expect(counts(report)).toEqual({ ...nothing, created: 1, notes: 8 });
    expect(lines(report, 'note').map((line) => `${line.line}: ${line.reason}`)).toEqual([
      '4: The cover https://example.org/far.png is not a file of this folder, so it is not shown.',
      '7: The picture missing.png is missing. Add it, or remove it from the text.',
      '8: damaged.png: The picture is damaged. Open it in a picture editor and save it again.',
      '9: evil.svg: The SVG was refused because it has <script> (its line 2). Remove that, or export the drawing as a plain SVG or a PNG.',
      '10: ../../etc/passwd leads out of the folder. Put the file into the folder.',
      '11: linked.png: a link leads out of the folder. Put the file itself into the folder.',
      '12: notes.txt: it is not a picture that browsers show (text/plain; charset=utf-8). Use AVIF, GIF, JPEG, PNG, SVG or WebP.',
      '13: The picture https://example.org/x.png is on another site, and pages here show none from there. Put it into the folder.',
    ]);
    expect(await site.db.selectFrom('media').selectAll().execute()).toEqual([]);
  });

  test('a file that is too large is refused by name with the limit', async () => {
    folder.write({ 'a.md': dated('![](huge.png)'), 'huge.png': new Uint8Array(50_000_001) });
    expect(lines(await run(), 'note')[0]!.reason).toBe(
      'huge.png: the file has 50.0 MB; the limit is 50 MB. Make it smaller.',
    );
  });
});

describe('bad files fail with the reason, and the others come in', () => {
  const latin1 = Buffer.from('Gr\u00fc\u00dfe', 'latin1');
  test.each<[string, string | Uint8Array, number | null, RegExp]>([
    [
      'an impossible date',
      '---\ntitle: A\ndate: 2019-13-45\n---\n',
      3,
      /^date "2019-13-45" is not a date\. Write it as 2026-03-04/,
    ],
    [
      'a day that no calendar has',
      '---\nupdated: 2026-02-30\n---\n',
      2,
      /^updated "2026-02-30" is not a date/,
    ],
    ['tabs in front matter', '---\ntitle: A\nextra:\n\tkey: value\n---\n', 4, /tab/i],
    ['unterminated front matter', '---\ntitle: A\n', 1, /no closing/],
    ['front matter that is a list', '---\n- a\n---\n', 2, /list/],
    ['a title that is a list', '---\ntitle: [a]\n---\n', 2, /^title must be text/],
    [
      'a title of 5,000 characters',
      `---\ntitle: ${'x'.repeat(5000)}\n---\n`,
      2,
      /^title has 5000 characters; the limit is 300\. Shorten it\.$/,
    ],
    [
      'a heading of 5,000 characters',
      `\n# ${'x'.repeat(5000)}\n`,
      2,
      /first heading.* has 5000 characters; the limit is 300/,
    ],
    [
      'a draft that is neither',
      '---\ndraft: perhaps\n---\n',
      2,
      /^draft "perhaps" is neither true nor false/,
    ],
    ['a NUL in a field', '---\ntitle: "a\\0b"\n---\n', 2, /^title holds a character that cannot be stored/],
    ['a NUL byte', 'one\ntwo\0', 2, /^It holds a NUL byte/],
    ['UTF-16', Buffer.from('\ufeff# Hello', 'utf16le'), null, /^It is UTF-16 text\. Save it as UTF-8\.$/],
    ['UTF-16 without mark', Buffer.from('# Hello there', 'utf16le'), null, /^It is UTF-16 text/],
    ['Latin-1', Buffer.concat([Buffer.from('one\n'), latin1]), 2, /^It is not UTF-8 text/],
    ['more than 5 MB', 'x'.repeat(5_000_001), null, /^It has 5\.0 MB; a text may have 5 MB/],
  ])('%s', async (_name, content, line, reason) => {
    folder.write({ 'bad.md': content, 'good.md': dated() });
    const report = await run();
    expect(counts(report)).toEqual({ ...nothing, created: 1, failed: 1 });
    expect(lines(report, 'failed')[0]).toMatchObject({
      path: 'bad.md',
      line,
      reason: expect.stringMatching(reason),
    });
  });

  test('a PNG that is called .md', async () => {
    folder.write({ 'bad.md': await png(2, 2), 'good.md': dated('BMW begins like a bitmap.') });
    expect(lines(await run(), 'failed')[0]!.reason).toBe(
      'It is not text but PNG (image/png). Give it its own name, or remove it.',
    );
  });

  test('an empty file is skipped', async () => {
    folder.write({ 'bad.md': '', 'good.md': dated() });
    expect(lines(await run(), 'skipped')).toEqual([
      { path: 'bad.md', action: 'skipped', slug: null, line: null, reason: 'The file is empty.' },
    ]);
  });

  test('a socket, a folder with the name of a text, links in a circle, out of the folder and to nothing', async () => {
    folder.write({ 'good.md': dated(), 'deep/x.txt': '' });
    mkdirSync(join(folder.path, 'folder.md'));
    const socket = createServer().listen(join(folder.path, 'socket.md'));
    await once(socket, 'listening');
    symlinkSync('..', join(folder.path, 'deep/loop'));
    symlinkSync('self.md', join(folder.path, 'self.md'));
    symlinkSync('/etc/hostname', join(folder.path, 'out.md'));
    symlinkSync('good.md', join(folder.path, 'again.md'));
    const report = await run();
    socket.close();
    expect(report.files.map((line) => `${line.path} ${line.action} ${line.reason}`)).toEqual([
      'again.md created null',
      'deep/loop skipped Links to folders are not followed.',
      'good.md created null',
      'out.md failed The link leads out of the folder. Put the file itself here.',
      'self.md failed The link points to nothing. Correct or remove it.',
      'socket.md failed It is not a regular file. Remove or rename it.',
    ]);
  });
});

test('Windows line ends and a byte order mark change nothing', async () => {
  folder.write({ 'a.md': dated('One.\n\nTwo.') });
  await run();
  folder.write({ 'a.md': `\ufeff${dated('One.\n\nTwo.').replaceAll('\n', '\r\n')}` });
  expect(counts(await run())).toEqual({ ...nothing, unchanged: 1 });
});

test('emoji and right-to-left titles are kept', async () => {
  folder.write({ 'a.md': '---\ntitle: 🛶 מסע ארוך\ndate: 2026-01-01\n---\nText.' });
  await run();
  expect((await post('a'))!.title).toBe('🛶 מסע ארוך');
});

describe('a folder that cannot be imported', () => {
  test.each([
    ['does not exist', () => join(folder.path, 'nowhere'), 'IMPORT_NOT_FOUND', /There is no folder/],
    ['is a file', () => join(folder.path, 'a.txt'), 'IMPORT_NOT_A_FOLDER', /is a file/],
    [
      'has no text',
      () => folder.path,
      'IMPORT_EMPTY',
      /none of its 2 files is a \.md, \.mdx or \.markdown file/,
    ],
    ['is empty', () => join(folder.path, 'empty'), 'IMPORT_EMPTY', /it is empty/],
  ])('because it %s', async (_why, path, code, message) => {
    folder.write({ 'a.txt': 'x', 'b.txt': 'y' });
    mkdirSync(join(folder.path, 'empty'));
    const problem = await run({ folder: path(), prune: () => true }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('stopping', () => {
  test('an interrupt ends between two files; the next run completes it', async () => {
    folder.write({ 'a.md': dated(), 'b.md': dated(), 'c.md': dated() });
    const stop = new AbortController();
    const error = await run({ signal: stop.signal, onProgress: () => stop.abort() }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ImportStopped);
    expect(error).toMatchObject({
      code: 'IMPORT_INTERRUPTED',
      message: 'The import was interrupted after 1 of 3 files.',
    });
    expect(counts((error as ImportStopped).report)).toEqual({ ...nothing, created: 1 });
    expect(counts(await run())).toEqual({ ...nothing, created: 2, unchanged: 1 });
  });

  test('a full disk fails the file, stops the import, and leaves nothing half-written', async () => {
    folder.write({ 'a.md': dated(), 'b.md': dated('![](b.png)'), 'b.png': await png(2, 2), 'c.md': dated() });
    const full: Storage = {
      ...site.storage,
      put: async () => {
        throw new Problem('DISK_FULL', 'The disk that holds the data folder is full.', {
          fix: 'Free some space.',
        });
      },
      has: async () => false,
    };
    const error = await run({ storage: full }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImportStopped);
    expect(error).toMatchObject({
      code: 'DISK_FULL',
      message: 'The import stopped at b.md. The disk that holds the data folder is full.',
      fix: 'Free some space.',
    });
    expect(counts((error as ImportStopped).report)).toEqual({ ...nothing, created: 1, failed: 1 });
    expect(await post('b')).toBeUndefined();
    expect(await site.db.selectFrom('media').selectAll().execute()).toEqual([]);
    expect(counts(await run())).toEqual({ ...nothing, created: 2, unchanged: 1 });
  });
});

describe('prune', () => {
  test('removes what lost its file, and only with the option', async () => {
    folder.write({ 'a.md': dated(), 'b.md': dated(), 'pages/p.md': 'Page.' });
    await run();
    await run({ folder: makeSampleFolder(), sample: true });
    rmSync(join(folder.path, 'b.md'));
    expect(counts(await run())).toEqual({ ...nothing, unchanged: 2 });
    expect(counts(await run({ prune: () => true, dryRun: true }))).toEqual({
      ...nothing,
      unchanged: 2,
      removed: 1,
    });
    expect(await post('b')).toBeDefined();
    const report = await run({ prune: () => true });
    expect(lines(report, 'removed')).toEqual([
      {
        path: 'b.md',
        action: 'removed',
        slug: 'b',
        line: null,
        reason: 'No file of the folder is behind it.',
      },
    ]);
    expect(await findPost(site.db, 'b')).toMatchObject({
      status: 'gone',
      title: 'A title',
      reason: 'The author removed it.',
    });
    expect(await post('sample')).toBeDefined();
    folder.write({ 'b.md': dated() });
    expect(counts(await run())).toEqual({ ...nothing, created: 1, unchanged: 2 });
    expect(await findPost(site.db, 'b')).toMatchObject({ status: 'found' });
  });

  test('keeps what cannot be read today', async () => {
    folder.write({ 'a.md': dated(), 'b.md': dated() });
    await run();
    folder.write({ 'b.md': '---\ndate: 2019-13-45\n---\n' });
    expect(counts(await run({ prune: () => true }))).toEqual({ ...nothing, unchanged: 1, failed: 1 });
    expect(await post('b')).toBeDefined();
  });

  test('removes the old address of a file that has a new one', async () => {
    folder.write({ 'a.md': dated() });
    await run();
    folder.write({ 'a.md': '---\ndate: 2026-03-04\nslug: new\n---\nText.' });
    expect(counts(await run({ prune: () => true }))).toEqual({ ...nothing, created: 1, removed: 1 });
    expect(await findPost(site.db, 'a')).toMatchObject({ status: 'gone' });
  });

  function makeSampleFolder(): string {
    folder.write({ '.sample/sample.md': dated() });
    return join(folder.path, '.sample');
  }
});

async function everyRow() {
  const rows: Record<string, unknown[]> = {};
  for (const table of [
    'entries',
    'tags',
    'entry_tags',
    'media',
    'entry_media',
    'gone',
    'content_version',
  ] as const) {
    rows[table] = await site.db.selectFrom(table).selectAll().execute();
  }
  return rows;
}
