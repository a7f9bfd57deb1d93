import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeFolder, openTestSite, type TestSite } from '@homepage/testkit';
import { importFolder } from '../import/import-folder.ts';
import { mediaKey } from '../media/resolve.ts';
import { findPost } from '../posts/posts.ts';
import { removeSample, seedSample } from './sample.ts';

let site: TestSite;

beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  const media = await site.db.selectFrom('media').select('hash').execute();
  for (const { hash } of media) await site.storage.remove(mediaKey(hash));
  for (const table of ['entries', 'media', 'tags', 'meta', 'gone'] as const)
    await site.db.deleteFrom(table).execute();
  await site.db.updateTable('content_version').set({ version: 1 }).execute();
});

async function count(table: 'entries' | 'tags' | 'media' | 'gone'): Promise<number> {
  const { total } = await site.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

async function ownPost(text: string): Promise<void> {
  const folder = makeFolder({
    'posts/mine.md': `---\ntitle: Mine\ndate: 2026-02-03\ntags: [vault]\n---\n${text}`,
  });
  await importFolder({ ...site, folder: folder.path, timeZone: 'UTC' });
  folder.remove();
}

test('a new site gets the sample, every file of it without a note, once', async () => {
  expect(await seedSample({ ...site, timeZone: 'UTC' })).toBe(true);
  const entries = await site.db.selectFrom('entries').select(['kind', 'sample', 'status']).execute();
  expect(entries.every((entry) => entry.sample && entry.status === 'published')).toBe(true);
  expect(
    Object.fromEntries(
      [...Map.groupBy(entries, (entry) => entry.kind)].map(([kind, list]) => [kind, list.length]),
    ),
  ).toEqual({
    page: 3,
    post: 5,
    project: 3,
  });
  expect(await seedSample({ ...site, timeZone: 'UTC' })).toBe(false);
});

test('the sample imports without a single note', async () => {
  const report = await importFolder({
    ...site,
    folder: `${import.meta.dirname}/../../sample`,
    timeZone: 'UTC',
    sample: true,
  });
  expect(report.files.filter((line) => line.reason !== null)).toEqual([]);
});

test('removing takes everything that only the sample used, without 410, and it never comes back', async () => {
  await seedSample({ ...site, timeZone: 'UTC' });
  expect(await Array.fromAsync(site.storage.list(''))).toHaveLength(1);
  expect(await removeSample(site)).toEqual({ removed: 11 });
  for (const table of ['entries', 'tags', 'media', 'gone'] as const)
    expect([table, await count(table)]).toEqual([table, 0]);
  expect(await Array.fromAsync(site.storage.list(''))).toEqual([]);
  expect(await seedSample({ ...site, timeZone: 'UTC' })).toBe(false);
  expect(await removeSample(site)).toEqual({ removed: 0 });
});

test('removing before the first start prevents the seeding and raises no version', async () => {
  expect(await removeSample(site)).toEqual({ removed: 0 });
  expect(await seedSample({ ...site, timeZone: 'UTC' })).toBe(false);
  const { version } = await site.db.selectFrom('content_version').select('version').executeTakeFirstOrThrow();
  expect(version).toBe(1);
});

test('a site with an entry of its owner gets none', async () => {
  await ownPost('Text.');
  expect(await seedSample({ ...site, timeZone: 'UTC' })).toBe(false);
  expect(await count('entries')).toBe(1);
});

test('a seeding that was cut short is completed', async () => {
  await seedSample({ ...site, timeZone: 'UTC' });
  await site.db.deleteFrom('meta').execute();
  await site.db.deleteFrom('entries').where('kind', '=', 'project').execute();
  expect(await seedSample({ ...site, timeZone: 'UTC' })).toBe(true);
  expect(await count('entries')).toBe(11);
});

test("the owner's texts, tags and pictures stay, also a sample that became theirs", async () => {
  await seedSample({ ...site, timeZone: 'UTC' });
  await ownPost('Text.');
  const folder = makeFolder({
    'posts/why-two-vaults.md': '---\ntitle: Now mine\ndate: 2026-02-03\n---\nText.',
  });
  const report = await importFolder({ ...site, folder: folder.path, timeZone: 'UTC' });
  folder.remove();
  expect(report).toMatchObject({ updated: 1 });
  expect(await removeSample(site)).toEqual({ removed: 10 });
  expect(await findPost(site.db, 'why-two-vaults')).toMatchObject({
    status: 'found',
    value: { title: 'Now mine', sample: false },
  });
  expect(await findPost(site.db, 'mine')).toMatchObject({
    status: 'found',
    value: { tags: [{ slug: 'vault' }] },
  });
  expect(await site.db.selectFrom('tags').select('slug').execute()).toEqual([{ slug: 'vault' }]);
});

test('a picture that the owner shows too is kept', async () => {
  await seedSample({ ...site, timeZone: 'UTC' });
  const { hash } = await site.db.selectFrom('entry_media').select('hash').executeTakeFirstOrThrow();
  await ownPost('Text.');
  const { id } = await site.db
    .selectFrom('entries')
    .select('id')
    .where('slug', '=', 'mine')
    .executeTakeFirstOrThrow();
  await site.db
    .insertInto('entry_media')
    .values({ entry_id: id, hash, name: 'x.svg', path: 'x.svg' })
    .execute();
  await removeSample(site);
  expect(await site.db.selectFrom('media').select('hash').execute()).toEqual([{ hash }]);
  expect(await site.storage.has(`media/${hash}`)).toBe(true);
});

test('the posts are as long as they promise: four short, one of 1,500 words for the weight test', async () => {
  await seedSample({ ...site, timeZone: 'UTC' });
  const posts = await site.db
    .selectFrom('entries')
    .select(['slug', 'words'])
    .where('kind', '=', 'post')
    .execute();
  const { 'the-way-of-a-request': long, ...short } = Object.fromEntries(
    posts.map((post) => [post.slug, post.words]),
  );
  expect(long).toBeGreaterThan(1400);
  expect(long).toBeLessThan(1700);
  for (const [slug, words] of Object.entries(short)) {
    expect([slug, words >= 400 && words <= 900]).toEqual([slug, true]);
  }
});

test('its links lead to pages of the site', async () => {
  await seedSample({ ...site, timeZone: 'UTC' });
  const rows = await site.db.selectFrom('entries').select(['kind', 'slug', 'html', 'series_slug']).execute();
  const folders = { post: '/posts/', project: '/projects/', page: '/' };
  const known = new Set([
    ...['/platform', '/archive'],
    ...rows.map((row) => folders[row.kind] + row.slug),
    ...rows.map((row) => `/series/${row.series_slug}`),
  ]);
  const links = rows.flatMap((row) => [...row.html.matchAll(/href="(\/[^"#]*)"/g)].map((match) => match[1]!));
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !known.has(link))).toEqual([]);
});
