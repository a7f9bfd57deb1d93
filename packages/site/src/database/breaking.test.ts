import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { breakingSteps } from './breaking.ts';
import { migrations } from './migrate.ts';

const folder = join(import.meta.dirname, 'migrations');

/** Everything up to here came before the first release; later ones are there on purpose, each with its reason. */
const FIRST_RELEASE = '0008-lists';
const CONTRACTING: Record<string, string> = {};

test('the release before goes on working while a new one is rolled out', () => {
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  expect(files.toSorted()).toEqual(Object.keys(migrations));
  const breaking = files
    .filter((name) => name > FIRST_RELEASE && !(name in CONTRACTING))
    .map((name) => ({ name, steps: breakingSteps(readFileSync(join(folder, `${name}.ts`), 'utf8')) }))
    .filter(({ steps }) => steps.length > 0);
  expect(breaking).toEqual([]);
});

test.each([
  ['drop table things', 'drops a table'],
  ['alter table things drop column name', 'drops a column'],
  ['alter table things rename to others', 'renames'],
  ['alter table things alter column name type text', 'changes a type'],
  ['alter table things alter column name set data type text', 'changes a type'],
  ['alter table things alter column name set not null', 'forbids null'],
  ['alter table things add column name text not null', 'adds a column that the release before does not fill'],
  ['alter table things add constraint positive check (id > 0)', 'adds a rule that old rows may break'],
])('%s: it %s', (sql, what) => {
  expect(breakingSteps(`await sql\`${sql}\`.execute(db);`)).toMatchObject([
    { what, instead: expect.stringMatching(/\.$/) as string },
  ]);
});

test.each([
  'create table things (id integer not null)',
  'alter table things add column name text',
  "alter table things add column name text not null default ''",
  'alter table things add constraint positive check (id > 0) not valid',
  'drop index things_by_name',
  'create index things_by_name on things (name)',
])('%s is fine', (sql) => {
  expect(breakingSteps(`await sql\`${sql}\`.execute(db);`)).toEqual([]);
});
