import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { watchSecrets } from './watch.ts';

let folder: TestFolder;
let files: string[];
let watch: { stop(): void };
/** what the files held at each call */
let seen: string[];
let failing: boolean;
const contents = (): string =>
  files
    .map((file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '-';
      }
    })
    .join(' ');
beforeEach(() => {
  folder = makeFolder();
  files = ['tls.crt', 'tls.key'].map((name) => join(folder.path, name));
  seen = [];
  failing = false;
});
afterEach(() => {
  watch.stop();
  folder.remove();
});

async function begin(): Promise<void> {
  watch = watchSecrets(files, async () => {
    seen.push(contents());
    if (failing) throw new Error('not now');
  });
  await wait(1200);
  expect(seen).toEqual([]);
}
const sees = (...expected: string[]) => expect.poll(() => seen, { timeout: 5000 }).toEqual(expected);

describe('a change is seen once, whole', () => {
  test('files that are written in place, one after the other', async () => {
    folder.write({ 'tls.crt': 'c1', 'tls.key': 'k1' });
    await begin();
    writeFileSync(files[0]!, 'c2');
    await wait(100);
    writeFileSync(files[1]!, 'k2');
    await sees('c2 k2');
    await wait(1200);
    expect(seen).toHaveLength(1);
  });

  test('files that are renamed over the old ones, as by Vault’s agent', async () => {
    folder.write({ 'tls.crt': 'c1', 'tls.key': 'k1', 'new.crt': 'c2', 'new.key': 'k2' });
    await begin();
    renameSync(join(folder.path, 'new.crt'), files[0]!);
    renameSync(join(folder.path, 'new.key'), files[1]!);
    await sees('c2 k2');
  });

  test('a link that is swapped to another folder, as by Kubernetes', async () => {
    const at = (...path: string[]): string => join(folder.path, ...path);
    for (const number of [1, 2]) {
      mkdirSync(at(`..${number}`));
      writeFileSync(at(`..${number}`, 'tls.crt'), `c${number}`);
      writeFileSync(at(`..${number}`, 'tls.key'), `k${number}`);
    }
    symlinkSync('..1', at('..data'));
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), at(name));
    await begin();
    symlinkSync('..2', at('..data_tmp'));
    renameSync(at('..data_tmp'), at('..data'));
    rmSync(at('..1'), { recursive: true });
    await sees('c2 k2');
  });

  test('the same bytes written again are no change; a file that is gone, and back, is', async () => {
    folder.write({ 'tls.crt': 'c1', 'tls.key': 'k1' });
    await begin();
    writeFileSync(files[0]!, 'c1');
    await wait(1200);
    expect(seen).toEqual([]);
    rmSync(files[1]!);
    await sees('c1 -');
    writeFileSync(files[1]!, 'k1');
    await sees('c1 -', 'c1 k1');
  });
});

test('on request what the files hold at first is told, too', async () => {
  folder.write({ 'tls.crt': 'c1', 'tls.key': 'k1' });
  watch = watchSecrets(files, async () => void seen.push(contents()), { atFirst: true });
  await sees('c1 k1');
  writeFileSync(files[0]!, 'c2');
  await sees('c1 k1', 'c2 k1');
});

test('what was refused and is put back to what was there before is told once, too', async () => {
  folder.write({ 'tls.crt': 'c1', 'tls.key': 'k1' });
  await begin();
  failing = true;
  writeFileSync(files[0]!, 'wrong');
  await sees('wrong k1');
  failing = false;
  writeFileSync(files[0]!, 'c1');
  await expect.poll(() => seen.at(-1), { timeout: 5000 }).toBe('c1 k1');
  const after = seen.length;
  await wait(1200);
  expect(seen).toHaveLength(after);
});

test('what could not be taken over is tried again, also when nothing changes any more', async () => {
  folder.write({ 'tls.crt': 'c1', 'tls.key': 'k1' });
  await begin();
  failing = true;
  writeFileSync(files[0]!, 'c2');
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(1);
  failing = false;
  const before = seen.length;
  await expect.poll(() => seen.length, { timeout: 5000 }).toBeGreaterThan(before);
  const after = seen.length;
  await wait(1200);
  expect(seen).toHaveLength(after);
});
