import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { migrate, migrations, pendingMigrations } from './migrate.ts';
import { once } from '../once.ts';
import { READABLE_FROM, READABLE_FROM_KEY } from './readable-from.ts';
import { requireSchema } from './schema.ts';
import { prepareTemplate } from './template.ts';
import type { Tables } from './tables.ts';

let site: TestSite;

beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());

/** The compiler complains when this differs from tables.ts; the test, when the database differs from this. */
const columns: { [Table in keyof Tables]: Record<keyof Tables[Table], true> } = {
  entries: {
    id: true,
    kind: true,
    slug: true,
    title: true,
    description: true,
    description_written: true,
    status: true,
    published_at: true,
    updated_at: true,
    markdown: true,
    front_matter: true,
    html: true,
    headings: true,
    text: true,
    words: true,
    reading_minutes: true,
    renderer_version: true,
    series_slug: true,
    series_title: true,
    cover_hash: true,
    cover_name: true,
    cover_alt: true,
    source: true,
    fingerprint: true,
    sample: true,
    guid: true,
    created_at: true,
  },
  tags: { slug: true, label: true },
  entry_tags: { entry_id: true, tag_slug: true, position: true, post_at: true },
  media: {
    hash: true,
    content_type: true,
    bytes: true,
    width: true,
    height: true,
    animated: true,
    created_at: true,
  },
  entry_media: { entry_id: true, hash: true, name: true, path: true },
  gone: { kind: true, slug: true, title: true, reason: true, since: true },
  search_entries: { entry_id: true, key: true, visible_from: true, heading: true, exact: true, stems: true },
  search_words: { word: true },
  redirects: { path: true, entry_id: true, target: true },
  content_version: { id: true, version: true },
  contact_messages: { id: true, received_at: true, name: true, email: true, message: true, suspect: true },
  contact_notices: { message_id: true, channel: true, attempts: true, due_at: true, last_error: true },
  meta: { key: true, value: true },
};

test('the types of the tables are what the migrations make', async () => {
  const { rows } = await sql<{ table_name: string; column_name: string }>`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'`.execute(site.db);
  const real = rows.map((row) => `${row.table_name}.${row.column_name}`).toSorted();
  const typed = Object.entries(columns).flatMap(([table, names]) =>
    Object.keys(names).map((name) => `${table}.${name}`),
  );
  expect(real).toEqual(typed.toSorted());
});

test('migrating what is migrated does nothing', async () => {
  expect(await pendingMigrations(site.db)).toEqual([]);
  expect(await migrate(site.db)).toEqual([]);
});

test('a database of a newer version is refused', async () => {
  await sql`insert into kysely_migration values ('9999-from-the-future', now()::text)`.execute(site.db);
  await expect(migrate(site.db)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
  await sql`delete from kysely_migration where name = '9999-from-the-future'`.execute(site.db);
});

describe('a process that does not change the schema itself', () => {
  const future = (name: string) =>
    sql`insert into kysely_migration values (${name}, now()::text)`.execute(site.db);
  const readableFrom = (value: string) =>
    site.db.updateTable('meta').set({ value }).where('key', '=', READABLE_FROM_KEY).execute();
  afterEach(async () => {
    await sql`delete from kysely_migration where name like '9999%'`.execute(site.db);
    await readableFrom(READABLE_FROM);
  });

  test('works on the schema of its own release', async () => {
    await expect(requireSchema(site.db)).resolves.toBeUndefined();
  });

  test('refuses an older one, and names what it lacks', async () => {
    migrations['9999-new'] = { up: async () => {} };
    await expect(requireSchema(site.db)).rejects.toMatchObject({
      code: 'SCHEMA_BEHIND',
      message: 'The database lacks 9999-new.',
    });
    delete migrations['9999-new'];
  });

  test('works on a newer one that releases of its age can read, and refuses one that they cannot', async () => {
    await future('9999-from-the-future');
    await expect(requireSchema(site.db)).resolves.toBeUndefined();
    await readableFrom('9999-from-the-future');
    await expect(requireSchema(site.db)).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      message: 'The database has 9999-from-the-future, which this release does not know.',
    });
  });
});

test('work that is for one process runs in one at a time, and again when that one ended', async () => {
  const other = await openTestSite();
  const held = Promise.withResolvers<void>();
  const first = once(site.db, 'test', () => held.promise.then(() => 'first'));
  await new Promise((done) => setTimeout(done, 200));
  expect(await once(site.db, 'test', async () => 'second')).toBeUndefined();
  expect(await once(site.db, 'something else', async () => 'third')).toEqual({ result: 'third' });
  expect(await once(other.db, 'test', async () => 'another site')).toEqual({ result: 'another site' });
  held.resolve();
  expect(await first).toEqual({ result: 'first' });
  await expect(once(site.db, 'test', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await once(site.db, 'test', async () => 'after')).toEqual({ result: 'after' });
  await other.close();
});

test('a migration that fails changes nothing and is named', async () => {
  migrations['9999-broken'] = {
    async up(db) {
      await sql`create table half (id integer)`.execute(db);
      await sql`this is no SQL`.execute(db);
    },
  };
  await expect(migrate(site.db)).rejects.toMatchObject({
    code: 'MIGRATION_FAILED',
    message: expect.stringContaining('9999-broken'),
  });
  delete migrations['9999-broken'];
  expect(await pendingMigrations(site.db)).toEqual([]);
  const { rows } = await sql`select 1 from information_schema.tables where table_name = 'half'`.execute(
    site.db,
  );
  expect(rows).toEqual([]);
});

test('two processes may prepare the template at once, and leave only it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-template-'));
  const [one, two] = await Promise.all([prepareTemplate(folder), prepareTemplate(folder)]);
  expect(one).toBe(two);
  expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([one]);
  rmSync(folder, { recursive: true, force: true });
});
