import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHomepage, startSite, type RunningSite } from '@homepage/testkit';
import { newFolder, post, runJson, writeFiles } from './test-content.ts';

type Link = { url: string; expiresAt: string | null };
type Failure = { error: { code: string; message: string; fix: string } };

const dataDir = join(newFolder(), 'data');
const content = newFolder();
const draft = (title: string): string => `---\ntitle: ${title}\ndraft: true\n---\n\nNot yet.\n`;
const days = (link: Link): number => (Date.parse(link.expiresAt!) - Date.now()) / 86_400_000;

beforeAll(async () => {
  writeFiles(content, {
    'posts/unborn.md': draft('Unborn'),
    'posts/public.md': post('Public'),
    'posts/both.md': draft('Both'),
    'pages/both.md': draft('Both'),
    'posts/later.md': '---\ntitle: Later\ndate: 2999-01-01\n---\n\nIn time.\n',
    'projects/later.md': '---\ntitle: Later\ndate: 2020-01-01\n---\n\nNow.\n',
  });
  const { code, stderr } = await runHomepage(['import', content], dataDir);
  if (code !== 0) throw new Error(stderr);
});

test('before the site ever ran: a link, and a key that the site will take over', async () => {
  const { json } = await runJson<Link>(['preview', 'unborn'], dataDir);
  expect(json.url).toMatch(/^http:\/\/127\.0\.0\.1:3000\/preview\/1[\w-]+$/);
  expect(days(json)).toBeGreaterThan(6.99);
  expect(days(json)).toBeLessThanOrEqual(7);
  expect(statSync(join(dataDir, 'session-key')).mode & 0o777).toBe(0o600);
  const other = await runJson<Link>(['preview', 'unborn', '--days', '30'], dataDir, {
    PUBLIC_URL: 'https://mine.example',
  });
  expect(other.json.url).toMatch(/^https:\/\/mine\.example\/preview\//);
  expect(Math.round(days(other.json))).toBe(30);
});

test('says what it made', async () => {
  const { code, stdout, stderr } = await runHomepage(['preview', 'unborn'], dataDir);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^http\S+\nIt shows “Unborn” to whoever has it, until \S+Z\.\n$/);
});

test('what is public has an address already', async () => {
  const { json } = await runJson<Link>(['preview', 'public'], dataDir);
  expect(json).toEqual({ url: 'http://127.0.0.1:3000/posts/public', expiresAt: null });
  const { stdout } = await runHomepage(['preview', 'public'], dataDir);
  expect(stdout).toBe('“Public” is public: http://127.0.0.1:3000/posts/public\n');
});

test('of one slug, what is not public comes first; of two drafts one is chosen by its kind', async () => {
  expect((await runJson<Link>(['preview', 'later'], dataDir)).json.expiresAt).not.toBeNull();
  const project = await runJson<Link>(['preview', 'later', '--kind', 'project'], dataDir);
  expect(project.json.url).toBe('http://127.0.0.1:3000/projects/later');
  expect(await runHomepage(['preview', 'both'], dataDir)).toMatchObject({
    code: 2,
    stderr: "A page and a post have the slug 'both'.\nAdd --kind page or --kind post.\n",
  });
  expect((await runHomepage(['preview', 'both', '--kind', 'page'], dataDir)).code).toBe(0);
});

test('a slug that nothing has', async () => {
  const near = await runJson<Failure>(['preview', 'unbron'], dataDir);
  expect(near.code).toBe(1);
  expect(near.json.error).toMatchObject({ code: 'ENTRY_NOT_FOUND', fix: "Did you mean 'unborn'?" });
  const far = await runJson<Failure>(['preview', 'something-else-entirely'], dataDir);
  expect(far.json.error.fix).toContain('homepage import');
});

test.each([
  ['--days', '0'],
  ['--days', '366'],
  ['--days', '1.5'],
  ['--days', 'x'],
  ['--kind', 'tag'],
])('%s %s is wrong use', async (option, value) => {
  const { code, stdout, stderr } = await runHomepage(['preview', 'unborn', option, value], dataDir);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`${option} must be`);
});

test('a key that cannot be used is named, and not shown', async () => {
  const { json } = await runJson<Failure>(['preview', 'unborn'], dataDir, { SESSION_KEY: 'aHVzaA==' });
  expect(json.error.message).toContain('SESSION_KEY holds a key of less than 32 bytes.');
  expect(JSON.stringify(json)).not.toContain('aHVz');
});

describe('beside the running site', () => {
  let site: RunningSite;
  beforeAll(async () => void (site = await startSite({ dataDir })));
  afterAll(() => site.stop());

  test('the link works there, with what the entry has now, until it is public', async () => {
    const env = { PUBLIC_URL: site.address };
    const { json } = await runJson<Link>(['preview', 'unborn'], dataDir, env);
    const first = await fetch(json.url);
    expect(first.status).toBe(200);
    expect(await first.text()).toContain('Not yet.');
    writeFiles(content, { 'posts/unborn.md': post('Unborn') });
    expect((await runHomepage(['import', content], dataDir)).code).toBe(0);
    const second = await fetch(json.url);
    expect([second.status, second.url]).toEqual([200, `${site.address}/posts/unborn`]);
  });

  test('a key that is replaced is taken over, and all links before it end', async () => {
    const env = { PUBLIC_URL: site.address };
    const before = (await runJson<Link>(['preview', 'both', '--kind', 'post'], dataDir, env)).json.url;
    expect((await fetch(before)).status).toBe(200);
    writeFiles(dataDir, { 'session-key': Buffer.alloc(32, 'new').toString('base64') });
    await expect.poll(async () => (await fetch(before)).status).toBe(404);
    const after = (await runJson<Link>(['preview', 'both', '--kind', 'post'], dataDir, env)).json.url;
    expect((await fetch(after)).status).toBe(200);
  });
});
