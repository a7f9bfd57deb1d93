/** As much as anybody has: what was imported stays listed, found, subscribable and correct. */
import { XMLParser } from 'fast-xml-parser';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiPostSummary } from '@homepage/contract';
import { importFolder, indexEntries, type ImportReport } from '@homepage/site';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { openTestApp, type TestApp } from './test-app.ts';

const PICTURES = 500;
const TAGS = 200;
const POSTS = 1_200;

let api: TestApp;
let folder: TestFolder;
let report: ImportReport;
beforeAll(async () => {
  api = await openTestApp({ pages: true });
  folder = makeFolder();
  folder.write(await makeContent());
  report = await importFolder({ ...api.site, folder: folder.path, timeZone: 'UTC' });
  await indexEntries(api.site.db, 'en');
  api.documents.invalidate();
}, 300_000);
afterAll(async () => {
  await api.close();
  folder.remove();
});

async function makeContent(): Promise<Record<string, string | Uint8Array>> {
  const files: Record<string, string | Uint8Array> = {};
  const frontMatter = (title: string, date: string, more = '') =>
    `---\ntitle: ${title}\ndate: ${date}\n${more}---\n\n`;
  const paragraph = 'A long story of a *river* and a stone. '.repeat(50);
  files['posts/endless.md'] =
    frontMatter('Endless', '2026-06-01') +
    `The needle is here.\n\n${`${paragraph}\n\n`.repeat(1100)}The end.\n`;
  const tags = Array.from({ length: TAGS }, (_tag, n) => `tag number ${n}`);
  files['posts/tagged.md'] = `${frontMatter('Tagged', '2026-06-02', `tags: [${tags.join(', ')}]\n`)}Text.\n`;
  const names = Array.from({ length: PICTURES }, (_name, n) => `picture-${n}.png`);
  for (const [n, name] of names.entries()) {
    const background = { r: n % 256, g: Math.floor(n / 256), b: 0 };
    files[`posts/album/${name}`] = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer();
  }
  files['posts/album/index.md'] =
    frontMatter('Album', '2026-06-03') + names.map((name) => `![A colour](${name})\n`).join('\n');
  for (let n = 0; n < POSTS; n++) {
    const date = new Date(Date.UTC(2026, 0, 1) - n * 36 * 3_600_000).toISOString();
    files[`posts/post-${n}.md`] = `${frontMatter(`Post ${n}`, date, 'tags: [common]\n')}Text number${n}.\n`;
  }
  return files;
}

const page = async (url: string): Promise<string> => {
  const { statusCode, body } = await api.app.inject({ url });
  expect([url, statusCode]).toEqual([url, 200]);
  return body;
};

test('all of it comes in', () => {
  expect(report).toMatchObject({ created: POSTS + 3, failed: 0, skipped: 0, notes: 0 });
});

test('a post of two megabytes is shown, found and in the feeds', async () => {
  const html = await page('/posts/endless');
  expect(html.length).toBeGreaterThan(2_000_000);
  expect(html).toContain('<p>The end.</p>');
  expect(await page('/search?q=needle')).toContain('href="/posts/endless"');
  expect(await page('/posts')).toContain('href="/posts/endless"');
  const atom = new XMLParser({ processEntities: false }).parse(await page('/atom.xml')) as {
    feed: { entry: { title: string; content: string }[] };
  };
  const entry = atom.feed.entry.find(({ title }) => title === 'Endless');
  expect(entry?.content).toContain('The end.');
  expect(
    (JSON.parse(await page('/feed.json')) as { items: { content_html: string }[] }).items[2],
  ).toMatchObject({
    content_html: expect.stringContaining('The end.') as string,
  });
});

test('a post with 200 tags shows all, and each has its page and feed', async () => {
  const html = await page('/posts/tagged');
  for (const n of [0, 99, TAGS - 1]) {
    expect(html).toContain(`href="/tags/tag-number-${n}"`);
    expect(await page(`/tags/tag-number-${n}`)).toContain('href="/posts/tagged"');
    expect(await page(`/tags/tag-number-${n}/rss.xml`)).toContain('<title>Tagged</title>');
  }
});

test('a post with 500 pictures shows all, with their sizes', async () => {
  const html = await page('/posts/album');
  const shown = html.match(/<img [^>]*src="\/media\/[^>]*width="8" height="8"/g);
  expect(shown).toHaveLength(PICTURES);
});

test('every post is in the list, the archive, the API and the sitemap once', async () => {
  const slugs = ['album', 'tagged', 'endless', ...Array.from({ length: POSTS }, (_slug, n) => `post-${n}`)];
  const linked = (html: string): string[] =>
    [...html.matchAll(/<a class="u-url[^"]*" href="\/posts\/([^"/]+)"/g)].map((match) => match[1]!);

  const archive: string[] = [];
  const first = await page('/archive');
  archive.push(...linked(first));
  for (let number = 2; number <= 13; number++) archive.push(...linked(await page(`/archive/page/${number}`)));
  expect(archive).toEqual(slugs);
  expect((await api.app.inject('/archive/page/14')).statusCode).toBe(404);
  // Each year leads to the page that it begins on.
  const years = [...first.matchAll(/href="(\/archive[^"#]*)#(y\d+)"/g)];
  expect(years.length).toBeGreaterThan(5);
  for (const [, path, id] of years) expect(await page(path!)).toContain(`id="${id}"`);
  expect(await page('/archive/page/3')).toMatch(/<h2 id="y2025"[^>]*>2025, continued</);

  expect(linked(await page('/posts/page/121'))).toEqual(slugs.slice(1200));
  expect(linked(await page('/tags/common/page/120'))).toEqual(slugs.slice(-10));

  const listed: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const body = await page(`/api/v1/posts?limit=100${cursor && `&cursor=${cursor}`}`);
    const answer = JSON.parse(body) as { items: ApiPostSummary[]; nextCursor: string | null };
    listed.push(...answer.items.map(({ slug }) => slug));
    cursor = answer.nextCursor;
  }
  expect(listed).toEqual(slugs);

  const sitemap = await page('/sitemap.xml');
  const inSitemap = [...sitemap.matchAll(/<loc>http:\/\/site\.test\/posts\/([^<]+)</g)].map(
    (match) => match[1]!,
  );
  expect(inSitemap.toSorted()).toEqual(slugs.toSorted());
});
