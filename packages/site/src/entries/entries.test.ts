import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RENDERER_VERSION } from '@homepage/markdown';
import { makeEntry, openTestSite, type TestSite } from '@homepage/testkit';
import { contentVersion } from '../content-version.ts';
import { findPost } from '../posts/posts.ts';
import { listTags } from '../tags/tags.ts';
import { removeEntry } from './remove.ts';
import { rerenderStale } from './rerender.ts';
import { previewEntry, saveEntry } from './save.ts';

let site: TestSite;

beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  for (const table of ['entries', 'tags', 'gone'] as const) await site.db.deleteFrom(table).execute();
});

const stored = (slug: string) =>
  site.db.selectFrom('entries').selectAll().where('slug', '=', slug).executeTakeFirstOrThrow();

describe('saveEntry', () => {
  test('creates, leaves alone what is the same, and updates', async () => {
    const entry = makeEntry({ slug: 'a', tags: ['One'] });
    expect(await previewEntry(site.db, entry)).toBe('created');
    expect(await saveEntry(site.db, entry)).toBe('created');
    const before = await contentVersion(site.db);
    expect(await saveEntry(site.db, entry)).toBe('unchanged');
    expect(await contentVersion(site.db)).toBe(before);
    const changed = { ...entry, title: 'New' };
    expect(await previewEntry(site.db, changed)).toBe('updated');
    expect((await stored('a')).title).toBe('a');
    expect(await saveEntry(site.db, changed)).toBe('updated');
    expect((await stored('a')).title).toBe('New');
    expect(await contentVersion(site.db)).not.toBe(before);
  });

  test.each([
    ['title', 'x'],
    ['description', 'x'],
    ['status', 'draft'],
    ['publishedAt', new Date('2025-01-01')],
    ['updatedAt', new Date('2026-02-02')],
    ['tags', ['b', 'a']],
    ['series', 'x'],
    ['markdown', 'x\n'],
    ['frontMatter', { b: 1, a: 2 }],
    ['sample', true],
  ])('a change of %s is a change', async (field, value) => {
    const entry = makeEntry({ slug: 'a', tags: ['a', 'b'], frontMatter: { a: 2, b: 1 } });
    await saveEntry(site.db, entry);
    expect(await saveEntry(site.db, { ...entry, [field]: value })).toBe('updated');
  });

  test('where the file lay is no change to readers, but it is remembered', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a', source: 'a.md' }));
    const before = await contentVersion(site.db);
    expect(await saveEntry(site.db, makeEntry({ slug: 'a', source: 'b/a.md' }))).toBe('unchanged');
    expect((await stored('a')).source).toBe('b/a.md');
    expect(await contentVersion(site.db)).toBe(before);
  });

  test('without a description the excerpt stands in', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a', markdown: 'First words.\n\nMore.\n' }));
    expect(await stored('a')).toMatchObject({ description: 'First words.', description_written: false });
    await saveEntry(site.db, makeEntry({ slug: 'a', description: 'Mine.' }));
    expect(await stored('a')).toMatchObject({ description: 'Mine.', description_written: true });
  });

  test('the fields of the front matter keep their order', async () => {
    await saveEntry(
      site.db,
      makeEntry({ slug: 'a', frontMatter: { zebra: 1, a: { y: 1, b: 2 }, mm: null } }),
    );
    expect(JSON.stringify((await stored('a')).front_matter)).toBe('{"zebra":1,"a":{"y":1,"b":2},"mm":null}');
  });

  test('tags keep their order, and a corrected spelling is shown', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a', tags: ['typescript', 'C++', 'C#'] }));
    await saveEntry(site.db, makeEntry({ slug: 'a', tags: ['TypeScript', 'C++', 'C#'] }));
    const post = await findPost(site.db, 'a');
    expect(post.status === 'found' && post.value.tags).toEqual([
      { slug: 'typescript', label: 'TypeScript' },
      { slug: 'c-plus-plus', label: 'C++' },
      { slug: 'c-sharp', label: 'C#' },
    ]);
  });

  test('many saves at once lose nothing and wait for each other in no circle', async () => {
    const tags = ['a', 'b', 'c', 'd'];
    const saves = Array.from({ length: 20 }, (_, index) =>
      saveEntry(
        site.db,
        makeEntry({ slug: `p${index % 5}`, title: `${index}`, tags: tags.toSorted(() => (index % 3) - 1) }),
      ),
    );
    await Promise.all(saves);
    const { total } = await site.db
      .selectFrom('entries')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    expect(total).toBe(5);
    expect((await listTags(site.db)).map((tag) => tag.count)).toEqual([5, 5, 5, 5]);
  });
});

describe('removeEntry', () => {
  test('leaves an address that says why, until it is written again', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a', title: 'Old', tags: ['only here'] }));
    expect(await removeEntry(site.db, 'post', 'a', 'Out of date.')).toBe(true);
    expect(await findPost(site.db, 'a')).toMatchObject({
      status: 'gone',
      title: 'Old',
      reason: 'Out of date.',
    });
    expect(await site.db.selectFrom('tags').selectAll().execute()).toEqual([]);
    expect(await removeEntry(site.db, 'post', 'a', 'Again.')).toBe(false);
    expect(await removeEntry(site.db, 'page', 'a', 'No such page.')).toBe(false);
    await saveEntry(site.db, makeEntry({ slug: 'a' }));
    expect(await findPost(site.db, 'a')).toMatchObject({ status: 'found' });
  });
});

describe('rerenderStale', () => {
  const makeStale = (slug: string) =>
    site.db
      .updateTable('entries')
      .set({ renderer_version: -1, html: 'old', description: 'old' })
      .where('slug', '=', slug)
      .execute();

  test('renders what an older renderer wrote, and its excerpt, and nothing else', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a' }));
    await saveEntry(site.db, makeEntry({ slug: 'b', description: 'Mine.' }));
    await makeStale('a');
    expect(await rerenderStale(site.db)).toBe(1);
    expect(await stored('a')).toMatchObject({
      html: expect.stringContaining('The text of a.'),
      description: 'The text of a.',
      renderer_version: RENDERER_VERSION,
    });
    expect(await rerenderStale(site.db)).toBe(0);
  });

  test('an entry that cannot be rendered keeps its HTML and holds nobody up', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a' }));
    await saveEntry(site.db, makeEntry({ slug: 'b', publishedAt: new Date('2026-02-01') }));
    await makeStale('a');
    await makeStale('b');
    await site.db
      .updateTable('entries')
      .set({ markdown: '>'.repeat(1000) })
      .where('slug', '=', 'b')
      .execute();
    const unreadable: string[] = [];
    expect(await rerenderStale(site.db, { onUnreadable: (slug) => unreadable.push(slug) })).toBe(1);
    expect(unreadable).toEqual(['b']);
    expect((await stored('a')).html).not.toBe('old');
    expect((await stored('b')).html).toBe('old');
  });

  test('stops when it is told to', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'a' }));
    await makeStale('a');
    expect(await rerenderStale(site.db, { signal: AbortSignal.abort() })).toBe(0);
  });
});

test('asking for the content version does not read the whole table', async () => {
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select max(published_at) from entries where status = 'published' and published_at <= now()`.execute(
    site.db,
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('entries_by_time');
});

test('the content version moves when the time of a scheduled entry comes', async () => {
  await saveEntry(site.db, makeEntry({ slug: 'now' }));
  const soon = new Date(Date.now() + 300);
  await saveEntry(site.db, makeEntry({ slug: 'soon', publishedAt: soon }));
  const before = await contentVersion(site.db);
  await expect.poll(() => contentVersion(site.db)).not.toBe(before);
  expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
});
