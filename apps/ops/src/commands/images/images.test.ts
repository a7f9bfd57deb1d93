/** `homepage images` on a lock of its own, with a registry on this machine. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHomepage, type CommandResult } from '@homepage/testkit';
import { indexOf, startRegistry, type TestRegistry } from '@homepage/images/test-registry';

let folder: string;
let file: string;
let registry: TestRegistry;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homepage-images-'));
  file = join(folder, 'images.lock');
  registry = await startRegistry({ tokens: true });
  const image = (name: string): object => ({
    name: `${registry.host}/${name}`,
    tag: 'latest',
    digest: null,
    source: `http://${registry.host}/v2/${name}/manifests/latest`,
    resolvedAt: null,
  });
  writeFileSync(file, JSON.stringify({ images: { nginx: image('nginx'), node: image('node') } }));
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

const images = (...args: string[]): Promise<CommandResult> =>
  runHomepage(['images', ...args, '--lock', file], folder);

test('what was never resolved is no reference, and the check names it', async () => {
  const checked = await images('check');
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain(`✗ nginx  ${registry.host}/nginx:latest was never resolved.`);
  const { code, stdout, stderr } = await images('reference', 'nginx');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('npx homepage images resolve nginx');
});

test('what the registry has is written, what it lacks is told, and the file is left alone by --dry-run', async () => {
  const digest = registry.push('nginx', 'latest', indexOf('amd64', 'arm64'));
  const before = readFileSync(file, 'utf8');
  expect((await images('resolve', 'nginx', '--dry-run')).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(before);

  const all = await images('resolve', '--json');
  expect(all.code).toBe(1);
  expect(JSON.parse(all.stdout)).toEqual({
    dryRun: false,
    images: [
      { key: 'nginx', before: null, digest, error: null },
      {
        key: 'node',
        before: null,
        digest: null,
        error: expect.objectContaining({ code: 'IMAGE_NOT_FOUND' }) as object,
      },
    ],
  });
  expect((await images('reference', 'nginx')).stdout).toBe(`${registry.host}/nginx@${digest}\n`);
  expect((await images('check')).code).toBe(1);

  registry.push('node', 'latest', indexOf('amd64', 'arm64'));
  expect((await images('resolve', 'node')).code).toBe(0);
  expect((await images('check')).code).toBe(0);
});

test('a name with a typing error', async () => {
  const { code, stderr } = await images('resolve', 'ngnix');
  expect(code).toBe(1);
  expect(stderr).toContain('Did you mean nginx?');
});
