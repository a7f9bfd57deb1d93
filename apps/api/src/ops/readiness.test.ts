import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { Readiness } from './readiness.ts';

let site: TestSite;
let readiness: Readiness;
beforeEach(async () => {
  site = await openTestSite();
  readiness = new Readiness();
});
afterEach(async () => {
  readiness.stop();
  await site.close();
});

const reason = (): string | null => {
  try {
    readiness.check();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

test('starts unready, waits for a schema that it knows, and says what is missing', async () => {
  expect(reason()).toBe('it is still starting');
  const { rows } = await sql<{ name: string }>`
    delete from kysely_migration where name = '0008-lists' returning name`.execute(site.db);
  expect(rows).toHaveLength(1);
  const told: string[] = [];
  const fits = readiness.waitForSchema(site.db, (why) => told.push(why.message));
  await expect.poll(reason).toBe('The database lacks 0008-lists.');
  await sql`insert into kysely_migration values ('0008-lists', now()::text)`.execute(site.db);
  await fits;
  expect([reason(), told]).toEqual([null, ['The database lacks 0008-lists.']]);
});

test('stays ready when the database goes away, and is unready for good once it is told to stop', async () => {
  let away = true;
  const db = site.db.withPlugin({
    transformQuery({ node }) {
      if (away) throw new Error('the database is away');
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  const fits = readiness.waitForSchema(db, () => {});
  await expect.poll(reason).toBe('the database is away');
  away = false;
  await fits;
  away = true;
  expect(reason()).toBeNull();
  readiness.stop();
  away = false;
  await readiness.waitForSchema(db, () => {});
  expect(reason()).toBe('it is stopping');
});
