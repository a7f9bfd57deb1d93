import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeEntry, openTestSite, type TestSite } from '@homepage/testkit';
import { pageOfArchive } from '../archive/archive.ts';
import { saveEntry } from '../entries/save.ts';
import { findPage, listPages } from '../pages/pages.ts';
import { findProject, listProjects } from '../projects/projects.ts';
import { findSeries } from '../series/series.ts';
import { listTags } from '../tags/tags.ts';
import { countPosts, findPost, newestPosts, pageOfPosts, pageOfTag } from './posts.ts';

let site: TestSite;

/** a to e are public, a day apart; the others must never be seen. */
beforeAll(async () => {
  site = await openTestSite();
  const day = (date: number) => new Date(Date.UTC(2026, 0, date));
  const entries = [
    makeEntry({ slug: 'a', publishedAt: day(1), tags: ['One', 'Two'], series: 'The Way' }),
    makeEntry({ slug: 'b', publishedAt: day(2), tags: ['One'] }),
    makeEntry({ slug: 'c', publishedAt: day(3), tags: ['Two'], series: 'The Way' }),
    makeEntry({ slug: 'd', publishedAt: day(4), tags: ['One', 'Two'], updatedAt: day(9) }),
    makeEntry({ slug: 'e', publishedAt: day(4) }),
    makeEntry({
      slug: 'draft',
      status: 'draft',
      publishedAt: day(2),
      tags: ['One', 'Hidden'],
      series: 'The Way',
    }),
    makeEntry({ slug: 'later', publishedAt: new Date('2099-01-01'), tags: ['One'], series: 'The Way' }),
    makeEntry({ kind: 'page', slug: 'about', publishedAt: null }),
    makeEntry({ kind: 'page', slug: 'secret', publishedAt: null, status: 'draft' }),
    makeEntry({
      kind: 'project',
      slug: 'second',
      publishedAt: null,
      frontMatter: { weight: 2, period: 2024 },
    }),
    makeEntry({
      kind: 'project',
      slug: 'first',
      publishedAt: null,
      frontMatter: { weight: 1, repository: 'javascript:alert(1)', website: 'https://example.org/x' },
    }),
  ];
  for (const entry of entries) await saveEntry(site.db, entry);
});
afterAll(() => site.close());

const slugs = (posts: { slug: string }[]): string[] => posts.map((post) => post.slug);

test('newest first; of two at one time the last slug', async () => {
  expect(slugs(await newestPosts(site.db, 3))).toEqual(['e', 'd', 'c']);
  expect(await countPosts(site.db)).toBe(5);
});

test('pages of posts, and nothing beyond them', async () => {
  const page = await pageOfPosts(site.db, 2, 2);
  expect(page).toMatchObject({ status: 'found', value: { page: 2, pages: 3, total: 5 } });
  expect(page.status === 'found' && slugs(page.value.items)).toEqual(['c', 'b']);
  for (const number of [0, -1, 4, 1.5, Number.NaN]) {
    expect(await pageOfPosts(site.db, number, 2)).toEqual({ status: 'missing' });
  }
});

test('a post has its neighbours in time, relatives by tags and dates', async () => {
  const post = await findPost(site.db, 'd');
  expect(post).toMatchObject({
    status: 'found',
    value: {
      publishedAt: '2026-01-04T00:00:00.000Z',
      updatedAt: '2026-01-09T00:00:00.000Z',
      previous: { title: 'c', url: '/posts/c' },
      next: { title: 'e', url: '/posts/e' },
      series: null,
      cover: null,
    },
  });
  expect(post.status === 'found' && slugs(post.value.related)).toEqual(['a', 'c', 'b']);
});

test('the ends of time have one neighbour', async () => {
  expect(await findPost(site.db, 'a')).toMatchObject({ value: { previous: null, next: { title: 'b' } } });
  expect(await findPost(site.db, 'e')).toMatchObject({ value: { previous: { title: 'd' }, next: null } });
});

test.each(['draft', 'later', 'about', 'no-such', ''])('%j is no post to a visitor', async (slug) => {
  expect(await findPost(site.db, slug)).toEqual({ status: 'missing' });
});

test('a series lists its visible parts, oldest first', async () => {
  const series = await findSeries(site.db, 'the-way');
  expect(series.status === 'found' && [series.value.title, slugs(series.value.posts)]).toEqual([
    'The Way',
    ['a', 'c'],
  ]);
  expect(await findPost(site.db, 'c')).toMatchObject({
    value: {
      series: {
        slug: 'the-way',
        parts: [
          { slug: 'a', current: false },
          { slug: 'c', current: true },
        ],
      },
    },
  });
  expect(await findSeries(site.db, 'none')).toEqual({ status: 'missing' });
});

test('tags count what is visible; one without visible posts has no page', async () => {
  expect(await listTags(site.db)).toEqual([
    { slug: 'one', label: 'One', count: 3 },
    { slug: 'two', label: 'Two', count: 3 },
  ]);
  const tag = await pageOfTag(site.db, 'one', 1, 2);
  expect(tag).toMatchObject({ value: { tag: { label: 'One' }, page: 1, pages: 2, total: 3 } });
  expect(tag.status === 'found' && slugs(tag.value.items)).toEqual(['d', 'b']);
  await saveEntry(site.db, makeEntry({ kind: 'project', slug: 'tagged', tags: ['Two', 'Tools'] }));
  expect(await listTags(site.db)).toEqual([
    { slug: 'two', label: 'Two', count: 4 },
    { slug: 'one', label: 'One', count: 3 },
    { slug: 'tools', label: 'Tools', count: 1 },
  ]);
  expect(await pageOfTag(site.db, 'tools', 1, 2)).toMatchObject({
    value: { total: 0, pages: 1, projects: [{ slug: 'tagged' }] },
  });
  await site.db.deleteFrom('entries').where('slug', '=', 'tagged').execute();
  for (const slug of ['hidden', 'none']) {
    expect(await pageOfTag(site.db, slug, 1, 2)).toEqual({ status: 'missing' });
  }
});

test('the archive counts years where the site is', async () => {
  const newYear = makeEntry({ slug: 'new-year', publishedAt: new Date('2024-12-31T23:30:00Z') });
  await saveEntry(site.db, newYear);
  const years = async (zone: string) => {
    const archive = await pageOfArchive(site.db, 1, zone);
    return archive.status === 'found' && archive.value.years;
  };
  const first = { year: 2026, count: 5, page: 1 };
  expect(await years('UTC')).toEqual([first, { year: 2024, count: 1, page: 1 }]);
  expect(await years('Europe/Oslo')).toEqual([first, { year: 2025, count: 1, page: 1 }]);
  expect(await pageOfArchive(site.db, 2, 'UTC', 4)).toMatchObject({
    value: {
      page: 2,
      pages: 2,
      posts: [
        { year: 2026, posts: [{ slug: 'a' }] },
        { year: 2024, posts: [{ slug: 'new-year' }] },
      ],
      years: [first, { year: 2024, count: 1, page: 2 }],
    },
  });
  expect(await pageOfArchive(site.db, 3, 'UTC', 4)).toEqual({ status: 'missing' });
  await site.db.deleteFrom('entries').where('slug', '=', 'new-year').execute();
});

test('pages without drafts', async () => {
  expect(slugs(await listPages(site.db))).toEqual(['about']);
  expect(await findPage(site.db, 'secret')).toEqual({ status: 'missing' });
});

test('projects in the order of their weight, with safe links only', async () => {
  expect(slugs(await listProjects(site.db))).toEqual(['first', 'second']);
  expect(await findProject(site.db, 'first')).toMatchObject({
    value: { links: [{ title: 'Website', url: 'https://example.org/x' }], period: '' },
  });
  expect(await findProject(site.db, 'second')).toMatchObject({ value: { period: '2024', links: [] } });
});
