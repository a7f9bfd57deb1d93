/** Folders in the manner of each generator: names, dates and fields as they really occur. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeFolder, openTestSite, type TestFolder, type TestSite } from '@homepage/testkit';
import { findElsewhere } from '../redirects/redirects.ts';
import { importFolder } from './import-folder.ts';
import type { ImportReport } from './report.ts';

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

const run = (): Promise<ImportReport> =>
  importFolder({ db: site.db, storage: site.storage, folder: folder.path, timeZone: 'UTC' });

/** What became of the folder, as short as a line each. */
async function entries(): Promise<string[]> {
  const rows = await site.db.selectFrom('entries').selectAll().orderBy('kind').orderBy('slug').execute();
  const tags = await site.db
    .selectFrom('entry_tags')
    .innerJoin('tags', 'tags.slug', 'entry_tags.tag_slug')
    .select(['entry_id', 'label'])
    .orderBy('position')
    .execute();
  return rows.map((row) =>
    [
      `${row.kind} ${row.slug}`,
      row.title,
      row.published_at?.toISOString().replace('T00:00:00.000Z', '') ?? '',
      row.status,
      tags
        .filter((tag) => tag.entry_id === row.id)
        .map((tag) => tag.label)
        .join(','),
    ].join(' | '),
  );
}

const moved = async (path: string): Promise<unknown> => {
  const answer = await findElsewhere(site.db, path);
  return answer.status === 'moved' ? answer.url : answer.status;
};

test('Jekyll: dates in names, categories in addresses, drafts, pages by layout', async () => {
  folder.write({
    '_config.yml': 'title: My blog\nbaseurl: "/blog"\npermalink: date\n',
    '_posts/2019-03-04-hello-world.markdown':
      '---\nlayout: post\ntitle:  "Hello: world"\ndate:   2019-03-04 21:15:00 -0500\ncategories: jekyll update\n---\nText.',
    '_posts/2020-01-01-links.md': '---\nlayout: post\ntitle: Links\ntags: [web]\n---\nText.',
    '_posts/2020-01-08-links.md': '---\nlayout: post\ntitle: Links again\npublished: false\n---\nText.',
    '_drafts/idea.md': '---\ntitle: Idea\n---\nText.',
    'about.markdown': '---\nlayout: page\ntitle: About\npermalink: /about/\n---\nText.',
    'now.md': '---\nlayout: archive\ntitle: Now\n---\nText.',
    'index.markdown': '---\nlayout: home\n---\n',
    '_site/about.md': 'Built.',
    'README.md': '# The sources of my blog',
  });
  const report = await run();
  expect(report).toMatchObject({ created: 6, failed: 0, skipped: 3 });
  expect(await entries()).toEqual([
    'page about | About |  | published | ',
    'page now | Now |  | published | ',
    'post 2020-01-01-links | Links | 2020-01-01 | published | web',
    'post 2020-01-08-links | Links again | 2020-01-08 | draft | ',
    'post hello-world | Hello: world | 2019-03-05T02:15:00.000Z | published | jekyll,update',
    'post idea | Idea |  | draft | ',
  ]);
  expect(await moved('/blog/jekyll/update/2019/03/04/hello-world.html')).toBe('/posts/hello-world');
  expect(await moved('/blog/2020/01/01/links.html')).toBe('/posts/2020-01-01-links');
  expect(await moved('/blog/2020/01/08/links.html')).toBe('missing');
});

test('Hugo: TOML, bundles, sections, aliases', async () => {
  folder.write({
    'hugo.toml': 'baseURL = "https://example.com/"\n',
    'content/_index.md': '---\ntitle: Home\n---\n',
    'content/posts/_index.md': '---\ntitle: Posts\n---\n',
    'content/posts/first.md':
      '+++\ntitle = "First"\ndate = 2021-05-06T07:08:09+02:00\ndraft = false\ntags = ["go", "web dev"]\nseries = ["Go"]\naliases = ["/old/first/", "1.html"]\n[params]\nmath = true\n+++\nText.',
    'content/blog/trip/index.md':
      '---\ntitle: Trip\ndate: 2021-05-07\npublishDate: 2099-01-01\nlastmod: 2021-06-01\nsummary: Short.\n---\nText.',
    'content/about.md': '---\ntitle: About me\n---\nText.',
    'archetypes/default.md': '---\ntitle: "{{ replace .Name }}"\n---\n',
    'themes/x/README.md': '# Theme',
  });
  const report = await run();
  expect(report).toMatchObject({ created: 3, failed: 0 });
  expect(await entries()).toEqual([
    'page about | About me |  | published | ',
    'post first | First | 2021-05-06T05:08:09.000Z | published | go,web dev',
    'post trip | Trip | 2099-01-01 | published | ',
  ]);
  const rows = await site.db
    .selectFrom('entries')
    .select(['slug', 'front_matter', 'series_title', 'description'])
    .orderBy('slug')
    .execute();
  expect(rows[1]).toMatchObject({ series_title: 'Go', front_matter: { params: { math: true } } });
  expect(rows[2]).toMatchObject({ description: 'Short.' });
  expect(await moved('/old/first')).toBe('/posts/first');
  expect(await moved('/1.html')).toBe('/posts/first');
  // Not before its time.
  expect(await moved('/blog/trip')).toBe('missing');
});

test('Astro: pubDate in words, heroImage, a collection beside pages', async () => {
  folder.write({
    'astro.config.mjs': '',
    'src/content/blog/first-post.md':
      "---\ntitle: 'First post'\ndescription: 'Lorem.'\npubDate: 'Jul 08 2022'\nupdatedDate: 'Aug 1 2022'\nheroImage: './missing.jpg'\n---\nText.",
    'src/content/projects/tool.md': '---\ntitle: Tool\n---\nText.',
    'src/pages/uses.md': '---\nlayout: ../layouts/Base.astro\ntitle: Uses\n---\nText.',
    'public/notes.md': 'A file for visitors.',
  });
  const report = await run();
  expect(report).toMatchObject({ created: 3, failed: 0, skipped: 1, notes: 1 });
  expect(await entries()).toEqual([
    'page uses | Uses |  | published | ',
    'post first-post | First post | 2022-07-08 | published | ',
    'project tool | Tool |  | published | ',
  ]);
  expect(await moved('/blog/first-post')).toBe('/posts/first-post');
});

test('texts in folders where others keep files to copy, posts among the pages, translations', async () => {
  folder.write({
    'package.json': '{}',
    'README.md': '# The sources',
    'public/first/index.md': '---\ntitle: First\ndate: 2018-12-01\n---\nText.',
    'public/first/picture.txt': 'x',
  });
  expect(await run()).toMatchObject({ created: 1, skipped: 1 });
  folder.write({
    'src/pages/second/index.md': '---\ntitle: Second\ndate: 2018-12-02\n---\nText.',
    'src/pages/second/index.pt-br.md': '---\ntitle: Segundo\ndate: 2018-12-02\n---\nText.',
    'src/pages/uses.md': '---\ntitle: Uses\n---\nText.',
  });
  expect(await run()).toMatchObject({ created: 3, skipped: 2 });
  expect(await entries()).toEqual([
    'page uses | Uses |  | published | ',
    'post first | First | 2018-12-01 | published | ',
    'post second | Second | 2018-12-02 | published | ',
    'post second.pt-br | Segundo | 2018-12-02 | published | ',
  ]);
});

test('MDX: the Markdown comes in, with its pictures; what is a program is named', async () => {
  folder.write({
    'src/content/blog/with-parts.mdx': `---
title: With parts
pubDate: 2022-07-08
---
import photo from '../../assets/photo.svg'
import Chart from './Chart.jsx'

<Image src={photo} alt="A photo" />

<Chart />
`,
    'src/assets/photo.svg':
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><path d="M0 0h4v2z"/></svg>',
    'src/content/blog/broken.mdx': '---\ntitle: Broken\n---\n\n<Open>\n',
  });
  const report = await run();
  expect(report.files.map(({ path, action, line }) => `${action} ${path.split('/').pop()}:${line}`)).toEqual([
    'failed broken.mdx:5',
    'created with-parts.mdx:null',
    'note with-parts.mdx:6',
    'note with-parts.mdx:10',
  ]);
  const row = await site.db.selectFrom('entries').select('html').executeTakeFirstOrThrow();
  expect(row.html).toMatch(/<img src="\/media\/[0-9a-f]{64}\/photo\.svg" alt="A photo" width="4" height="2"/);
  expect(row.html).toContain('<code>&lt;Chart /></code>');
});

test('Gatsby and Eleventy: spoilers, tags in a text, permalinks', async () => {
  folder.write({
    'content/blog/hello-world/index.md':
      '---\ntitle: Hello World\ndate: "2015-05-01T22:12:03.284Z"\nspoiler: Here we go.\n---\nText.',
    'posts/eleventy.md':
      '---\ntitle: Eleventy\ndate: 2018-05-01\ntags: a, b\npermalink: /2018/eleventy/index.html\neleventyNavigation:\n  key: x\n---\nText.',
    'posts/pattern.md': '---\ndate: 2018-05-02\npermalink: "/{{ page.date }}/x/"\n---\nText.',
  });
  await run();
  expect(await entries()).toEqual([
    'post eleventy | Eleventy | 2018-05-01 | published | a,b',
    'post hello-world | Hello World | 2015-05-01T22:12:03.284Z | published | ',
    'post pattern | Pattern | 2018-05-02 | published | ',
  ]);
  expect(await moved('/2018/eleventy')).toBe('/posts/eleventy');
  expect(await moved('/blog/hello-world')).toBe('/posts/hello-world');
});

test('redirects.yaml: targets keep their query and place, and lines that go give old addresses back', async () => {
  folder.write({
    'posts/a.md': '---\ntitle: A\ndate: 2026-01-01\naliases: [/old]\n---\nText.',
    'redirects.yaml':
      '/old: /elsewhere\n/search-for: /posts/é b?x=1&y=%20#part\n/slash: /posts/a/\n/top: /\n',
  });
  await run();
  expect(await Promise.all(['/old', '/search-for', '/slash', '/top'].map(moved))).toEqual([
    '/elsewhere',
    '/posts/%C3%A9%20b?x=1&y=%20#part',
    '/posts/a',
    '/',
  ]);
  folder.write({ 'redirects.yaml': '/top: /posts\n' });
  const report = await run();
  expect(report).toMatchObject({ unchanged: 1, updated: 1 });
  expect(await moved('/old')).toBe('/posts/a');
});

test('redirects.yaml that is a folder is a failed line, and the texts come in', async () => {
  folder.write({ 'posts/a.md': '---\ntitle: A\ndate: 2026-01-01\n---\nText.', 'redirects.yaml/x': '' });
  const report = await run();
  expect(report).toMatchObject({ created: 1, failed: 1 });
  expect(report.files.at(-1)?.reason).toContain('It is a folder');
});

test('a slug that changes leaves the old post, says so, and prune with an alias moves it', async () => {
  const text = (slug: string, more = ''): string =>
    `---\ntitle: Y\ndate: 2026-01-01\nslug: ${slug}\n${more}---\nText.`;
  folder.write({ 'posts/y.md': text('one') });
  await run();
  folder.write({ 'posts/y.md': text('two') });
  const report = await run();
  expect(report.files.find((file) => file.action === 'note')?.reason).toBe(
    'This file was /posts/one before, and that one is still there. To move it, add "aliases: [/posts/one]" and import with --prune.',
  );
  folder.write({ 'posts/y.md': text('two', 'aliases: [/posts/one]\n') });
  await importFolder({ ...site, folder: folder.path, timeZone: 'UTC', prune: () => true });
  expect(await entries()).toEqual(['post two | Y | 2026-01-01 | published | ']);
  expect(await moved('/posts/one')).toBe('/posts/two');
});

test('dates are of the place where the site is', async () => {
  folder.write({ 'posts/a.md': '---\ntitle: A\ndate: 2026-01-01\n---\nText.' });
  await importFolder({ ...site, folder: folder.path, timeZone: 'America/New_York' });
  expect(await entries()).toEqual(['post a | A | 2026-01-01T05:00:00.000Z | published | ']);
});

test('a picture of another site is named, since pages show none', async () => {
  folder.write({
    'posts/a.md': '---\ntitle: A\ndate: 2026-01-01\n---\nText.\n\n![x](https://elsewhere.example/x.png)\n',
  });
  const note = (await run()).files.find((file) => file.action === 'note');
  expect([note?.line, note?.reason]).toEqual([7, expect.stringContaining('is on another site')]);
});

test('a link to home.md leads to the first page', async () => {
  folder.write({
    'pages/home.md': '---\ntitle: Hello\n---\nText.',
    'posts/a.md': '---\ntitle: A\ndate: 2026-01-01\n---\n[Home](../pages/home.md)\n',
  });
  await run();
  const { html } = await site.db
    .selectFrom('entries')
    .select('html')
    .where('slug', '=', 'a')
    .executeTakeFirstOrThrow();
  expect(html).toContain('<a href="/">');
});
