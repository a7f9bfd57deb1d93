/** A fork: names of its own in homepage.config.ts, and one command. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockFile, readLock } from '@homepage/images';

const repository = resolve(import.meta.dirname, '..');
let fork: string;
beforeAll(() => {
  fork = mkdtempSync(join(tmpdir(), 'homepage-fork-'));
  for (const path of ['deploy', 'docs/network.md', 'scripts', 'homepage.config.ts', 'package.json'])
    cpSync(join(repository, path), join(fork, path), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(fork, 'node_modules'));
});
afterAll(() => rmSync(fork, { recursive: true, force: true }));

function generate(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/kubernetes.ts', ...args], {
    cwd: fork,
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

test('the names of its images reach the lock and every manifest', () => {
  const config = join(fork, 'homepage.config.ts');
  writeFileSync(
    config,
    readFileSync(config, 'utf8')
      .replaceAll('ghcr.io/vikingthedev/homepage', 'ghcr.io/somebody/site')
      .replace("'vikingthe.dev'", "'somebody.example'"),
  );
  const before = generate('--check');
  expect(before.status).toBe(1);
  expect(before.said).toContain('deploy/images.lock is not what');
  expect(before.said).toContain('npm run k8s:generate');

  const { status, said } = generate();
  expect(status, said).toBe(0);
  expect(generate('--check')).toEqual({ status: 0, said: '' });
  const { images } = readLock(lockFile(fork));
  expect([images['backend']!.name, images['frontend']!.name]).toEqual([
    'ghcr.io/somebody/site-backend',
    'ghcr.io/somebody/site-frontend',
  ]);
  const files = ['deploy/images.lock', ...globSync('deploy/kubernetes/**/*.yaml', { cwd: fork })];
  expect(files.length).toBeGreaterThan(100);
  const old = files.filter((file) => /ghcr\.io\/vikingthedev/.test(readFileSync(join(fork, file), 'utf8')));
  expect(old).toEqual([]);
});
