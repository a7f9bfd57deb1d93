import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedSample } from '@homepage/site';
import { openTestSite, type TestSite } from '@homepage/testkit';
import { processShell, type Shell } from '../shell.ts';
import { removeSampleContent } from './sample-remove.ts';
import { runJson } from './test-content.ts';

let site: TestSite;
beforeEach(async () => {
  site = await openTestSite();
  await seedSample({ ...site, timeZone: 'UTC' });
});
afterEach(() => site.close());

type Removed = { removed: number; entries: { kind: string; slug: string; title: string }[] };

async function entries(): Promise<number> {
  return (await site.db.selectFrom('entries').select('id').execute()).length;
}

test('--yes removes everything that came with the first start, once', async () => {
  const before = await entries();
  expect(before).toBeGreaterThan(0);
  const first = await runJson<Removed>(['sample', 'remove', '--yes'], site.dataDir);
  expect([first.code, first.json.removed, first.json.entries.length]).toEqual([0, before, before]);
  expect(await entries()).toBe(0);
  const second = await runJson<Removed>(['sample', 'remove', '--yes'], site.dataDir);
  expect(second).toMatchObject({ code: 0, json: { removed: 0, entries: [] } });
});

test('nobody to ask: nothing is removed, exit code 2', async () => {
  const { code, json } = await runJson(['sample', 'remove'], site.dataDir);
  expect(code).toBe(2);
  expect(json).toMatchObject({ error: { code: 'USAGE', fix: 'Run: homepage sample remove --yes' } });
  expect(await entries()).toBeGreaterThan(0);
});

test.each([
  [false, 'Nothing was removed.'],
  [true, /^Removed \d+ sample entries\.$/],
])('a person sees what goes and answers %s', async (answer, text) => {
  const { title } = await site.db.selectFrom('entries').select('title').limit(1).executeTakeFirstOrThrow();
  const questions: string[] = [];
  const shell: Shell = {
    ...processShell({ json: false }),
    interactive: true,
    settings: () => ({ ...processShell({ json: false }).settings(), dataDir: site.dataDir }),
    async ask(question) {
      questions.push(question);
      return answer;
    },
  };
  const outcome = await removeSampleContent(shell, {});
  expect(outcome).toMatchObject({ ok: true, text: expect.stringMatching(text) });
  expect(questions).toHaveLength(1);
  expect(questions[0]).toContain(title);
  expect((await entries()) === 0).toBe(answer);
});
