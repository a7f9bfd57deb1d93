/** What is exported and imported into an empty site gives the same bytes: pages, feeds, sitemap and API. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportFolder, importFolder, seedSample } from '@homepage/site';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { openTestApp, type TestApp } from './test-app.ts';

// West of Greenwich, where a day that is stored as midnight in UTC would be the day before.
const timeZone = 'America/New_York';
let first: TestApp;
let second: TestApp;
let folder: TestFolder;
let written: TestFolder;
beforeAll(async () => {
  const open = (): Promise<TestApp> => openTestApp({ pages: true, config: { timeZone, postsPerPage: 3 } });
  first = await open();
  second = await open();
  folder = makeFolder();
  written = makeFolder();
});
afterAll(async () => {
  await first.close();
  await second.close();
  folder.remove();
  written.remove();
});

/** Every address that the sitemap and the feeds name, and these themselves. */
async function everything({ app }: TestApp): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const ask = async (url: string): Promise<string> => {
    const { body, statusCode } = await app.inject({ url });
    answers.set(url, `${statusCode}\n${body}`);
    return body;
  };
  const sitemap = await ask('/sitemap.xml');
  const pages = [...sitemap.matchAll(/<loc>http:\/\/site\.test([^<]+)<\/loc>/g)].map((match) => match[1]!);
  const own = ['/posts/page/2', '/rss.xml', '/atom.xml', '/feed.json', '/old/zebra', '/gone'];
  const api = ['/api/v1/posts?limit=100', '/api/v1/projects', '/api/v1/tags'];
  // What shows the present moment is never the same twice.
  for (const url of [...pages, ...own, ...api]) if (url !== '/platform') await ask(url);
  for (const url of pages.filter((page) => page.startsWith('/tags/'))) await ask(`${url}/rss.xml`);
  return answers;
}

test('the same bytes come back, also of posts of one day and of a site in another time zone', async () => {
  await seedSample({ ...first.site, timeZone });
  folder.write({
    'posts/zebra.md': '---\ntitle: Zebra\ndate: 2026-01-01\naliases: [/old/zebra]\ntags: [Same]\n---\nText.',
    'posts/apple.md': '---\ntitle: Apple\ndate: 2026-01-01\ntags: [Same]\nseries: Fruit\n---\nText.',
    'posts/mango.md':
      '---\ntitle: Mango\ndate: 2026-01-01 23:30\nupdated: 2026-03-08\ntags: [Same]\nseries: Fruit\nguid: tag:a,1:m\ncanonical: https://elsewhere.example/mango\n---\n[Zebra](zebra.md)',
    'posts/draft.md': '---\ntitle: Draft\ndraft: true\n---\nText.',
    'redirects.yaml': '/gone: gone\n',
  });
  await importFolder({ ...first.site, folder: folder.path, timeZone });
  first.documents.invalidate();
  const before = await everything(first);
  expect(before.size).toBeGreaterThan(25);
  const failed = [...before].filter(([, answer]) => !/^(200|308|410)\n/.test(answer)).map(([url]) => url);
  expect(failed).toEqual([]);
  expect(before.get('/posts/apple')).toContain('January 1, 2026');
  expect(before.get('/posts/mango')).toContain(
    '<link rel="canonical" href="https://elsewhere.example/mango">',
  );
  expect(before.get('/archive')).not.toContain('2025-12-31');

  await exportFolder({ ...first.site, folder: written.path, timeZone });
  const report = await importFolder({ ...second.site, folder: written.path, timeZone });
  expect(report).toMatchObject({ failed: 0, skipped: 0, notes: 0 });
  // What came with the product is the owner's once it was exported.
  await second.site.db
    .updateTable('entries')
    .set({ sample: true })
    .where('slug', 'in', await sampleSlugs())
    .execute();
  second.documents.invalidate();
  const after = await everything(second);
  expect([...after.keys()]).toEqual([...before.keys()]);
  expect([...after].filter(([url, answer]) => answer !== before.get(url)).map(([url]) => url)).toEqual([]);
});

async function sampleSlugs(): Promise<string[]> {
  const rows = await first.site.db.selectFrom('entries').select('slug').where('sample', '=', true).execute();
  return rows.map(({ slug }) => slug);
}
