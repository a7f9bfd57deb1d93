/** The Dockerfiles as texts: what they build on, what runs in them and as whom. What is in them: scripts/image/image.test.ts */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { lockFile, readLock } from '@homepage/images';
import { missing, requireProgram } from '@homepage/testkit/programs';

const repository = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');
const files = globSync('deploy/images/*/Dockerfile', { cwd: repository }).toSorted();

/** "INSTRUCTION rest", continued lines joined, comments left out */
function instructions(file: string): string[] {
  const lines = read(file)
    .split('\n')
    .filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

const of = (lines: string[], name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

test('these are the images', () => {
  expect(files).toEqual(['deploy/images/backend/Dockerfile', 'deploy/images/frontend/Dockerfile']);
});

describe.each(files)('%s', (file) => {
  const all = instructions(file);
  const last = all.slice(all.findLastIndex((line) => line.startsWith('FROM ')));

  test('builds on images of deploy/images.lock alone, which whoever builds gives by their digests', () => {
    const bases = of(all, 'FROM').map((from) => /^\$\{(\w+)\}(?: AS \w+)?$/.exec(from)?.[1]);
    expect(bases).not.toContain(undefined);
    const { images } = readLock(lockFile(repository));
    for (const [, name, key] of read(file).matchAll(
      /--build-arg (\w+)="\$\(npx homepage images reference ([\w-]+)\)"/g,
    )) {
      expect(bases).toContain(name);
      expect(Object.keys(images)).toContain(key);
    }
    // No default: without a digest nothing is built.
    for (const base of bases) expect(of(all, 'ARG')).toContain(base);
  });

  test('copies the manifest of every workspace before npm runs, so that its layer is kept', () => {
    const manifests = globSync('{apps,packages}/*/package.json', { cwd: repository }).toSorted();
    const npm = all.findIndex((line) => line.startsWith('RUN npm ci'));
    const copied = of(all.slice(0, npm), 'COPY').map((words) => words.split(' ')[0]!);
    expect(copied.slice(1)).toEqual(manifests);
    expect(of(all, 'COPY')[0]).toBe('package.json package-lock.json .npmrc ./');
  });

  test('runs nothing in what is shipped, as a user without name or rights, and gets its signals itself', () => {
    expect(of(last, 'RUN')).toEqual([]);
    expect(of(last, 'USER')).toEqual(['65532:65532']);
    for (const program of [...of(last, 'ENTRYPOINT'), ...of(last, 'CMD')]) JSON.parse(program);
    expect(of(last, 'STOPSIGNAL')).toHaveLength(1);
    for (const copy of of(last, 'COPY')) expect(copy).toMatch(/^--from=\w+ \//);
  });

  test.skipIf(missing('hadolint'))('hadolint finds nothing', () => {
    const { status, stdout } = spawnSync(requireProgram('hadolint'), [join(repository, file)], {
      encoding: 'utf8',
    });
    expect([stdout, status]).toEqual(['', 0]);
  });
});

test.skipIf(missing('hadolint'))('hadolint would have found a tag and a root', () => {
  const { status, stdout } = spawnSync(requireProgram('hadolint'), ['-'], {
    input: 'FROM debian:latest\nUSER root\n',
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stdout).toContain('DL3007');
});

test('what is shipped stands on images of Chainguard', () => {
  const { images } = readLock(lockFile(repository));
  for (const file of files) {
    const [, base] = /^FROM \$\{(\w+)\}$/m.exec(read(file))!;
    const [, key] = new RegExp(`--build-arg ${base}="\\$\\(npx homepage images reference ([\\w-]+)\\)"`).exec(
      read(file),
    )!;
    expect(images[key!]!.name).toMatch(/^cgr\.dev\/chainguard\//);
  }
});

test('the API has in its image what its process is measured with', () => {
  const env = of(instructions('deploy/images/backend/Dockerfile'), 'ENV').join(' ');
  for (const [name, value] of Object.entries(parseEnv(read('deploy/images/backend/process.env'))))
    expect(env.split(/\s+/)).toContain(`${name}=${value}`);
});
