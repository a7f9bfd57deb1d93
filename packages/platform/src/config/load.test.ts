import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSiteConfig } from './load.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homepage-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the configuration of this repository is valid', async () => {
  const config = await loadSiteConfig(resolve(import.meta.dirname, '../../../../homepage.config.ts'));
  expect(config.domain).toBe('vikingthe.dev');
});

test('a missing file is named', async () => {
  const file = join(folder, 'none.ts');
  await expect(loadSiteConfig(file)).rejects.toMatchObject({
    code: 'CONFIG_MISSING',
    message: `There is no configuration file at ${file}.`,
    fix: 'Restore homepage.config.ts from the repository, or name another file in HOMEPAGE_CONFIG.',
  });
});

test.each([
  ['without a default export', 'export const site = {};', 'CONFIG_NO_DEFAULT', 'has no default export.'],
  [
    'that exports a function',
    'export default () => ({});',
    'CONFIG_NO_DEFAULT',
    'exports a function, not an object.',
  ],
  [
    'with a wrong field',
    'export default { domain: 1 };',
    'CONFIG_INVALID',
    'is not valid:\n  domain must be text, not 1.',
  ],
  ['that throws', '\nthrow new Error("on purpose");', 'CONFIG_UNREADABLE', ' cannot be read: on purpose'],
])('a file %s is named', async (name, source, code, message) => {
  const file = join(folder, `${name.replaceAll(' ', '-')}.js`);
  writeFileSync(file, source);
  await expect(loadSiteConfig(file)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});
