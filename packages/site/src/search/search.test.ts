/** The search on the real database. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { makeEntry, openTestSite, type TestSite } from '@homepage/testkit';
import { removeEntry } from '../entries/remove.ts';
import { saveEntry, type EntryInput } from '../entries/save.ts';
import { typingErrors } from './correct.ts';
import { indexEntries } from './index-entries.ts';
import { partsOf, search } from './search.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
  const post = (slug: string, title: string, markdown: string, more: Partial<EntryInput> = {}) =>
    saveEntry(site.db, makeEntry({ slug, title, markdown, publishedAt: new Date('2026-01-01'), ...more }));
  await post('rotation', 'What a rotation looks like', 'Certificates that live for a day. They are renewed.');
  await post('vaults', 'Why two Vaults', 'A safe that locks itself.', { tags: ['Secrets', 'C++'] });
  await post('cafe', 'Café Ærlig', 'Smørbrød and naïve señores. Ωmega. Привет мир.', {
    publishedAt: new Date('2020-01-01'),
  });
  await post('code', 'Reading a file', 'Text.\n\n```ts\nconst bytes = readFileSync(path);\n```\n');
  await post('mention', 'Something else', `${'filler word '.repeat(300)} one certificate in passing`);
  await post('draft', 'Certificate draft', 'certificate', { status: 'draft' });
  await post('later', 'Certificate later', 'certificate', { publishedAt: new Date('2999-01-01') });
  await post('gone', 'Certificate gone', 'certificate');
  await removeEntry(site.db, 'post', 'gone', 'Wrong.');
  await saveEntry(
    site.db,
    makeEntry({
      kind: 'page',
      slug: 'about',
      title: 'About me',
      publishedAt: null,
      markdown: 'I tie rotation knots.',
    }),
  );
  await saveEntry(
    site.db,
    makeEntry({
      kind: 'project',
      slug: 'loom',
      title: 'Loom',
      publishedAt: null,
      markdown: 'Weaves <b>bold</b> things & more.',
    }),
  );
  await indexEntries(site.db, 'en');
});
afterAll(() => site.close());

const ask = (text: string, options: Partial<Parameters<typeof search>[2]> = {}) =>
  search(site.db, text, { language: 'en', limit: 20, offset: 0, ...options });
const slugs = async (text: string): Promise<string[]> => (await ask(text)).hits.map(({ slug }) => slug);

describe('finds', () => {
  test.each([
    ['certificate', ['rotation', 'mention']],
    ['certificates', ['rotation', 'mention']],
    ['CERTIFICATE', ['rotation', 'mention']],
    ['certif', ['rotation', 'mention']],
    ['renewing', ['rotation']],
    ['cafe', ['cafe']],
    ['CAFÉ', ['cafe']],
    ['aerlig', ['cafe']],
    ['smorbrod', ['cafe']],
    ['привет', ['cafe']],
    ['ωmega', ['cafe']],
    ['readFileSync', ['code']],
    ['readfile', ['code']],
    ['secrets', ['vaults']],
    ['C++', ['vaults']],
    ['two vaults', ['vaults']],
    ['"two vaults"', ['vaults']],
    ['"vaults two"', []],
    ['vaults safe', ['vaults']],
    ['certificate -passing', ['rotation']],
    ['rotation', ['rotation', 'about']],
    ['what a', ['rotation']],
    ['loom', ['loom']],
    ['nothing-like-this-anywhere', []],
  ])('%s: %j', async (text, expected) => {
    expect(await slugs(text)).toEqual(expected);
  });
});

test('a typing error is corrected, and that is said', async () => {
  const { hits, corrected } = await ask('certifcate');
  expect([hits[0]?.slug, corrected]).toEqual(['rotation', 'certificate']);
  expect((await ask('redFileSync')).corrected).toBe('readfilesync');
  expect((await ask('zzzzqqqq')).corrected).toBeNull();
});

test.each([
  ['fjord', 'fjord', 0],
  ['fjrod', 'fjord', 1],
  ['certifcate', 'certificate', 1],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
])('from %s to %s are %i typing errors', (a, b, errors) => {
  expect([typingErrors(a, b), typingErrors(b, a)]).toEqual([errors, errors]);
});

test('words are marked in pieces of text, never in HTML', async () => {
  const [hit] = (await ask('certificate')).hits;
  expect(hit!.excerpt.filter(({ found }) => found).map(({ text }) => text)).toEqual(['Certificates']);
  const [loom] = (await ask('bold')).hits;
  expect(loom!.excerpt.map(({ text }) => text).join('')).toBe('Weaves bold things & more');
  expect(loom).toMatchObject({ kind: 'project', url: '/projects/loom', publishedAt: null });
  const [titled] = (await ask('vaults')).hits;
  expect(titled!.titleParts).toEqual([
    { text: 'Why two ', found: false },
    { text: 'Vaults', found: true },
  ]);
});

test('pieces keep what is between the marks', () => {
  expect(partsOf('a \uE000b\uE001 c\uE000d\uE001')).toEqual([
    { text: 'a ', found: false },
    { text: 'b', found: true },
    { text: ' c', found: false },
    { text: 'd', found: true },
  ]);
});

test('pages of hits, and nothing beyond them', async () => {
  const first = await ask('certificate', { limit: 1 });
  const second = await ask('certificate', { limit: 1, offset: 1 });
  expect([first.total, first.hits[0]!.slug, second.hits[0]!.slug]).toEqual([2, 'rotation', 'mention']);
  expect((await ask('certificate', { offset: 500 })).hits).toEqual([]);
});

test('whatever is typed is no error', async () => {
  const odd = [
    '',
    ' ',
    'a',
    "'",
    '"',
    '\\',
    ':*',
    '<->',
    "a':*",
    '!!',
    '((',
    '\0',
    '\u{1F6F6}',
    'x'.repeat(10_000),
    '\ud800',
    '\uE000x\uE001',
    'a & | b',
    '%_%',
  ];
  for (const text of odd) await ask(text);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
      await ask(text);
    }),
    sameEachTime(200),
  );
});

describe('the index follows the content', () => {
  test('what is saved again is read again, and a text becomes a draft', async () => {
    const entry = makeEntry({ slug: 'moving', title: 'Moving', markdown: 'giraffe' });
    await saveEntry(site.db, entry);
    expect(await indexEntries(site.db, 'en')).toBe(1);
    expect(await slugs('giraffe')).toEqual(['moving']);
    await saveEntry(site.db, { ...entry, markdown: 'elephant' });
    await indexEntries(site.db, 'en');
    expect([await slugs('giraffe'), await slugs('elephant')]).toEqual([[], ['moving']]);
    await saveEntry(site.db, { ...entry, markdown: 'elephant', status: 'draft' });
    expect(await slugs('elephant')).toEqual([]);
    await indexEntries(site.db, 'en');
    expect((await ask('elephant')).total).toBe(0);
    expect(await indexEntries(site.db, 'en')).toBe(0);
  });

  test('another language reads everything again, with its own stems', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'norsk', title: 'Husene', markdown: 'Bilene kjører.' }));
    expect(await indexEntries(site.db, 'nb')).toBeGreaterThan(8);
    expect((await ask('bil', { language: 'nb' })).hits[0]?.slug).toBe('norsk');
    expect((await ask('huset', { language: 'nb' })).hits[0]?.slug).toBe('norsk');
    expect(await indexEntries(site.db, 'tlh')).toBeGreaterThan(8);
    expect((await ask('bilene', { language: 'tlh' })).hits[0]?.slug).toBe('norsk');
    await indexEntries(site.db, 'en');
  });

  test('a text too long for an index is found by its beginning', async () => {
    const words = Array.from(
      { length: 38_000 },
      (_word, n) => `w${n.toString(36)}x${(n * 7919).toString(36)}`,
    );
    await saveEntry(
      site.db,
      makeEntry({ slug: 'endless', title: 'Endless', markdown: `needle ${words.join(' ')}` }),
    );
    await indexEntries(site.db, 'en');
    expect(await slugs('needle')).toEqual(['endless']);
    await removeEntry(site.db, 'post', 'endless', 'test');
  });

  test('stops when it is told to', async () => {
    await saveEntry(site.db, makeEntry({ slug: 'waiting', markdown: 'patience' }));
    expect(await indexEntries(site.db, 'en', AbortSignal.abort())).toBe(0);
  });
});

test('with 10,000 texts a question is answered from the index', async () => {
  await sql`
    insert into entries (kind, slug, title, description, description_written, status, published_at, markdown,
      front_matter, html, headings, text, words, reading_minutes, renderer_version, cover_alt, fingerprint, sample)
    select 'post', 'many-' || n, 'Text number ' || n, '', false, 'published', now() - n * interval '1 hour', '',
      '{}', '', '[]', 'common words and word' || n, 4, 1, 1, '', n::text, false
    from generate_series(1, 10000) n`.execute(site.db);
  await indexEntries(site.db, 'en');
  await sql`analyze search_entries`.execute(site.db);
  expect(await slugs('word7777')).toEqual(['many-7777']);
  expect((await ask('common')).total).toBe(1000);
  expect((await ask('common')).hits[0]?.slug).toBe('many-1');
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select entry_id from search_entries
    where exact @@ to_tsquery('site_simple', 'word7777') or stems @@ to_tsquery('site_english', 'word7777')`.execute(
    site.db,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('search_entries_by_exact');
  expect(plan).toContain('search_entries_by_stems');
  const words = await sql<{ 'QUERY PLAN': string }>`
    explain select word from search_words where word % 'certifcate'`.execute(site.db);
  expect(words.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('search_words');
});
