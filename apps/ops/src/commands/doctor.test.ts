import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestSite, runHomepage } from '@homepage/testkit';
import type { Result } from './doctor.ts';
import { newFolder, runJson } from './test-content.ts';

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = newFolder();
  dataDir = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function examine(
  env: Record<string, string> = {},
): Promise<{ code: number | null; of(name: string): Result }> {
  const { code, json } = await runJson<{ checks: Result[] }>(['doctor'], dataDir, { PORT: '0', ...env });
  return { code, of: (name) => json.checks.find((check) => check.name === name)! };
}

test('every part is looked at, and a look makes nothing', async () => {
  const { json } = await runJson<{ checks: Result[] }>(['doctor'], dataDir, { PORT: '0' });
  expect(json.checks.map(({ name }) => name)).toEqual([
    'Node',
    '.env',
    'variables',
    'settings',
    'certificate',
    'configuration',
    'data folder',
    'data folder holder',
    'database',
    'schema',
    'rights',
    'cache',
    'storage',
    'clock',
    'web build',
    'port',
    'ops port',
    'Chromium',
  ]);
  for (const { ok, fix, code } of json.checks) expect([fix === null, code === null]).toEqual([ok, ok]);
  expect(json.checks.find(({ name }) => name === 'database')).toMatchObject({
    ok: true,
    detail: 'none yet; the first start makes it',
  });
  expect(existsSync(dataDir)).toBe(false);
});

test('people get a line and a mark for each, the next step below a failure, and exit code 1', async () => {
  const { code, stdout } = await runHomepage(['doctor'], dataDir, {
    PORT: '0',
    HOMEPAGE_CONFIG: join(folder, 'none.ts'),
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✓ Node {16}24\.\d+\.\d+, as pinned\n/);
  expect(stdout).toMatch(
    /\n✗ configuration {7}There is no configuration file at .*\n {22}→ Restore homepage\.config\.ts.*\n {24}\$ git restore homepage\.config\.ts\n/,
  );
  expect(stdout).toMatch(/\n\d+ of 18 checks failed\.\n$/);
});

test('wrong settings are named once, and what needs them says that it was not looked at', async () => {
  const { code, of } = await examine({ PORT: 'x', DATABASE_URL: 'mysql://SECRET' });
  expect(code).toBe(1);
  expect(of('settings').detail).toMatch(/PORT must be a port[^]*DATABASE_URL must be an address/);
  expect(JSON.stringify(of('settings'))).not.toContain('SECRET');
  expect(of('database')).toMatchObject({ ok: false, detail: 'Not checked: the settings are not valid.' });
  expect(of('Node').ok).toBe(true);
});

test.each([
  ['export default {', /config\.ts:1 cannot be read: /],
  [
    'enum Colour { Red }\nexport default {};',
    /config\.ts:1 cannot be read: TypeScript enum is not supported/,
  ],
  ['\nexport default { ...missing };', /config\.ts:2 cannot be read: missing is not defined/],
  ['export default { domian: "example.dev" };', /domian is not a field\. Did you mean "domain"\?/],
])('the configuration %j is named with its place', async (source, message) => {
  writeFileSync(join(folder, 'config.ts'), source);
  const { of } = await examine({ HOMEPAGE_CONFIG: join(folder, 'config.ts') });
  expect(of('configuration')).toMatchObject({ ok: false, detail: expect.stringMatching(message) });
});

test('a cache that is away is named, without its password', async () => {
  const { code, of } = await examine({ CACHE_URL: 'redis://me:SECRET@127.0.0.1:1' });
  expect([code, of('cache')]).toEqual([
    1,
    expect.objectContaining({ ok: false, detail: expect.stringMatching(/^The cache does not answer/) }),
  ]);
  expect(JSON.stringify(of('cache'))).not.toContain('SECRET');
}, 30_000);

test('a misspelled variable is named, and the rest is looked at as if it were not there', async () => {
  const { code, of } = await examine({ DATABSE_URL: 'postgres://me:SECRET@db/homepage' });
  expect([code, of('variables')]).toEqual([
    1,
    expect.objectContaining({
      code: 'VARIABLE_UNKNOWN',
      field: 'DATABSE_URL',
      command: "grep -n '^DATABSE_URL' .env",
    }),
  ]);
  expect(of('variables').detail).toContain('Did you mean DATABASE_URL?');
  expect(JSON.stringify(of('variables'))).not.toContain('SECRET');
  expect(of('settings').ok).toBe(true);
});

describe('the data folder', () => {
  test('that another process holds is shared, and the holder is named', async () => {
    const site = await openTestSite();
    dataDir = site.dataDir;
    const { of } = await examine();
    expect(of('data folder holder').detail).toMatch(new RegExp(`^process ${process.pid}: test, since 20`));
    expect(of('database').detail).toMatch(/^PostgreSQL 18\.\d+, embedded, shared by the running site$/);
    expect(of('schema').detail).toBe('up to date');
    expect(of('cache').detail).toBe('memory of the process');
    expect(of('storage').detail).toBe('files in the data folder can be written, 0 objects, 0.0 MB');
    await site.close();
  });

  test('with a database that lacks migrations says how to run them', async () => {
    const site = await openTestSite();
    dataDir = site.dataDir;
    await site.db.schema.dropTable('kysely_migration').execute();
    const { code, of } = await examine();
    await site.close();
    expect(code).toBe(1);
    expect(of('schema')).toMatchObject({ ok: false, command: 'npx homepage migrate' });
  });

  test('that is a file is named', async () => {
    writeFileSync(dataDir, '');
    const { of } = await examine();
    expect(of('data folder')).toMatchObject({
      ok: false,
      code: 'DATA_FOLDER_READ_ONLY',
      detail: `The data folder ${dataDir} is not a folder.`,
    });
  });

  test('with a damaged database is named', async () => {
    mkdirSync(join(dataDir, 'database'), { recursive: true });
    writeFileSync(join(dataDir, 'database', 'PG_VERSION'), '18\n');
    const { of } = await examine();
    expect(of('database')).toMatchObject({ ok: false, detail: expect.stringContaining('cannot be opened') });
  });
});

test('a port that something else holds is named with another to choose', async () => {
  const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')).listen(
    0,
    '127.0.0.1',
  );
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { of } = await examine({ PORT: String(port) });
  expect(of('port')).toMatchObject({ ok: false, command: `PORT=${port + 1} npm start` });
  other.close();
});
