import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ImportReport } from '@homepage/site';
import { openTestSite, runHomepage, type TestSite } from '@homepage/testkit';
import { newFolder, post, runJson, writeFiles } from './test-content.ts';

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a dry run before the first start says what would come in, and makes nothing', async () => {
  writeFiles(folder, { 'content/one.md': post('One') });
  const dataDir = join(folder, 'data');
  const { code, json } = await runJson<ImportReport>(
    ['import', join(folder, 'content'), '--dry-run'],
    dataDir,
  );
  expect({ code, created: json.created }).toEqual({ code: 0, created: 1 });
  expect(existsSync(join(dataDir, 'database'))).toBe(false);
});

describe('while another process holds the database', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await openTestSite();
  });
  afterAll(() => site.close());

  test('import brings the folder in, and says what it did with each file', async () => {
    writeFiles(folder, {
      'one.md': post('One'),
      'two/index.md': post('Two'),
      'bad.md': '---\ntitle: Bad\ndate: 2019-13-45\n---\n',
    });
    const { code, json } = await runJson<ImportReport>(['import', folder], site.dataDir);
    expect(code).toBe(1);
    expect(json).toMatchObject({ created: 2, updated: 0, unchanged: 0, failed: 1 });
    expect(json.files.find((file) => file.action === 'failed')).toMatchObject({ path: 'bad.md', line: 3 });
    const slugs = await site.db.selectFrom('entries').select('slug').orderBy('slug').execute();
    expect(slugs).toEqual([{ slug: 'one' }, { slug: 'two' }]);

    const again = await runHomepage(['import', folder], site.dataDir);
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(
      /^Imported .*\n {2}created {4}0\n {2}updated {4}0\n {2}unchanged {2}2\n {2}removed {4}0\n {2}skipped {4}0\n {2}failed {5}1\n\nfailed {5}bad\.md:3\n {11}date "2019-13-45" .*\n$/,
    );

    rmSync(join(folder, 'bad.md'));
    rmSync(join(folder, 'one.md'));
    const dry = await runJson<ImportReport>(['import', folder, '--prune', '--dry-run'], site.dataDir);
    expect([dry.code, dry.json.removed]).toEqual([0, 1]);
    const unasked = await runHomepage(['import', folder, '--prune'], site.dataDir);
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    const pruned = await runJson<ImportReport>(['import', folder, '--prune', '--yes'], site.dataDir);
    expect([pruned.code, pruned.json.removed, pruned.json.unchanged]).toEqual([0, 1, 1]);
    expect(await site.db.selectFrom('entries').select('slug').execute()).toEqual([{ slug: 'two' }]);
  });

  test('export writes what import reads, and does not write over a folder by accident', async () => {
    writeFiles(folder, { 'content/three.md': post('Three') });
    await runHomepage(['import', join(folder, 'content')], site.dataDir);
    const out = join(folder, 'out');
    const first = await runJson<{ files: number; folder: string }>(['export', out], site.dataDir);
    expect(first).toMatchObject({ code: 0, json: { folder: out } });
    expect(first.json.files).toBeGreaterThan(0);
    const second = await runJson<{ error: { code: string } }>(['export', out], site.dataDir);
    expect(second).toMatchObject({ code: 1, json: { error: { code: 'EXPORT_NOT_EMPTY' } } });
    expect((await runHomepage(['export', out, '--force'], site.dataDir)).code).toBe(0);
    const back = await runJson<ImportReport>(['import', out, '--dry-run'], site.dataDir);
    expect(back.json).toMatchObject({ created: 0, failed: 0 });
  });
});

test('two imports at once share one database and lose nothing', async () => {
  const names = (letter: string): string[] => Array.from({ length: 15 }, (_, index) => `${letter}${index}`);
  for (const letter of ['a', 'b']) {
    writeFiles(
      join(folder, letter),
      Object.fromEntries(names(letter).map((name) => [`${name}.md`, post(name)])),
    );
  }
  const dataDir = join(folder, 'data');
  const reports = await Promise.all(
    ['a', 'b'].map((letter) => runJson<ImportReport>(['import', join(folder, letter)], dataDir)),
  );
  expect(reports.map(({ code, json }) => [code, json.created])).toEqual([
    [0, 15],
    [0, 15],
  ]);
  const exported = await runJson<{ files: number }>(['export', join(folder, 'out')], dataDir);
  expect(exported.json.files).toBe(30);
});

test('a folder that is not there is said before anything is opened', async () => {
  const dataDir = join(folder, 'data');
  const { code, json } = await runJson(['import', join(folder, 'nope')], dataDir);
  expect({ code, json }).toEqual({
    code: 1,
    json: {
      error: {
        code: 'IMPORT_NOT_FOUND',
        message: `There is no folder ${join(folder, 'nope')}.`,
        fix: 'Check the path.',
        command: null,
        field: 'folder',
      },
    },
  });
  expect(existsSync(dataDir)).toBe(false);
});

test('npm run starts at the repository; the folder is still looked for where the person stands', async () => {
  writeFiles(folder, { 'posts/one.md': post('One') });
  const dataDir = join(folder, 'data');
  const env = { npm_lifecycle_event: 'homepage', INIT_CWD: folder };
  const { code, json } = await runJson<ImportReport>(['import', 'posts'], dataDir, env);
  expect([code, json.created]).toEqual([0, 1]);
});

test('Ctrl-C stops between two files, reports what is in, and the next run brings the rest', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
  const content = writeFiles(
    join(folder, 'content'),
    Object.fromEntries(names.map((name) => [`${name}.md`, post(name)])),
  );
  const dataDir = join(folder, 'data');
  await runHomepage(['migrate'], dataDir);
  const child = spawn(
    process.execPath,
    [resolve(import.meta.dirname, '../../bin/homepage.js'), 'import', content, '--json'],
    {
      env: { PATH: process.env['PATH'], DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  while (!existsSync(join(dataDir, '.s.PGSQL.5432'))) await new Promise((done) => setTimeout(done, 5));
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  const report = JSON.parse(stdout) as ImportReport & { error: { code: string } };
  expect(report.error.code).toBe('IMPORT_INTERRUPTED');
  expect(report.created).toBeLessThan(100);
  const rest = await runJson<ImportReport>(['import', content], dataDir);
  expect(rest.json).toMatchObject({ unchanged: report.created, created: 100 - report.created, failed: 0 });
});

test('a full report goes through a pipe that is cut', async () => {
  writeFileSync(join(folder, 'one.md'), post('One'));
  const program = `'${process.execPath}' apps/ops/bin/homepage.js import '${folder}' --dry-run | true`;
  const child = spawn('sh', ['-c', program], {
    cwd: resolve(import.meta.dirname, '../../../..'),
    env: { PATH: process.env['PATH'], DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await once(child, 'close');
  expect(stderr).not.toMatch(/EPIPE|at /);
});
