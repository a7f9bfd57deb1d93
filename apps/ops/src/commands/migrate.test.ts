import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '@homepage/platform';
import { migrations } from '@homepage/site';
import { runHomepage } from '@homepage/testkit';
import { newFolder, runJson } from './test-content.ts';

const all = Object.keys(migrations);
const nothing = { dryRun: false, ran: [], pending: [] };
let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = newFolder();
  dataDir = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a dry run before the first start lists every migration and makes nothing', async () => {
  const { code, json } = await runJson(['migrate', '--dry-run'], dataDir);
  expect({ code, json }).toEqual({ code: 0, json: { dryRun: true, ran: [], pending: all } });
  expect(existsSync(dataDir)).toBe(false);
});

test('an empty database is brought to this release, also while another process holds it', async () => {
  const site = await openDatabase({ dataDir, command: 'a site', mode: 'own' });
  expect((await runJson(['migrate', '--dry-run'], dataDir)).json).toEqual({
    dryRun: true,
    ran: [],
    pending: all,
  });
  expect((await runJson(['migrate'], dataDir)).json).toEqual({ dryRun: false, ran: all, pending: [] });
  expect((await runJson(['migrate'], dataDir)).json).toEqual(nothing);
  expect((await runHomepage(['migrate'], dataDir)).stdout).toBe('The schema is up to date.\n');
  await site.close();
});

test('the schema is changed as the owner when DATABASE_OWNER_URL names one', async () => {
  const env = {
    DATABASE_URL: 'postgres://app@127.0.0.1:1/x',
    DATABASE_OWNER_URL: 'postgres://owner:SECRET@127.0.0.1:2/x',
  };
  const { code, stdout, stderr } = await runHomepage(['migrate'], dataDir, { ...env, LOG_LEVEL: 'debug' });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('The database does not answer (ECONNREFUSED).');
  expect(stderr).toContain('127.0.0.1:2');
  expect(stderr).not.toContain('SECRET');
  expect(existsSync(dataDir)).toBe(false);
});
