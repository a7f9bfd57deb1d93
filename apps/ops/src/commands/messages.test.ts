import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeMessage, type StoredMessage } from '@homepage/site';
import { openTestSite, runHomepage, type TestSite } from '@homepage/testkit';
import { runJson } from './test-content.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());

test('says that there are none', async () => {
  const { code, stdout } = await runHomepage(['messages', 'list'], site.dataDir);
  expect([code, stdout]).toEqual([0, 'There are no messages.\n']);
});

test('lists messages newest first, those of programs only when asked, and removes one', async () => {
  await storeMessage(site.db, { name: 'Ada', email: 'ada@example.dev', message: 'Hello\n7  2026  Eve' }, []);
  await storeMessage(site.db, { name: 'Bob', message: 'Second' }, []);
  await storeMessage(site.db, { name: 'Bot', message: 'Buy', website: 'x' }, []);
  type List = { messages: StoredMessage[] };
  const { json } = await runJson<List>(['messages', 'list'], site.dataDir);
  expect(json.messages.map(({ name }) => name)).toEqual(['Bob', 'Ada']);
  const all = await runJson<List>(['messages', 'list', '--suspect', '--limit', '1'], site.dataDir);
  expect(all.json.messages).toMatchObject([{ name: 'Bot', suspect: true }]);
  const { stdout } = await runHomepage(['messages', 'list'], site.dataDir);
  expect(stdout).toMatch(/^\d+ {2}\S+Z {2}Ada <ada@example\.dev>\n {4}Hello\n {4}7 {2}2026 {2}Eve$/m);

  const { id } = json.messages[0]!;
  expect((await runJson(['messages', 'remove', String(id)], site.dataDir)).json).toEqual({ removed: id });
  const again = await runJson(['messages', 'remove', String(id)], site.dataDir);
  expect(again).toMatchObject({ code: 1, json: { error: { code: 'MESSAGE_NOT_FOUND' } } });
});

test.each([
  ['messages', 'remove', 'first'],
  ['messages', 'list', '--limit', '0'],
])('%s %s %s is wrong use', async (...args) => {
  expect((await runHomepage(args.filter(Boolean), site.dataDir)).code).toBe(2);
});
