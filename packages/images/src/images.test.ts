/** Digests out of registries, over HTTP; and deploy/images.lock itself. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Problem } from '@homepage/platform';
import { loadSiteConfig } from '@homepage/platform/config';
import { lockFile, readLock, requireDigest, writeLock, type Image, type Lock } from './lock.ts';
import { manifestUrl, parseName } from './name.ts';
import { requireOwnNames } from './own.ts';
import { findDigest } from './registry.ts';
import { resolveImages } from './resolve.ts';
import { IMAGE_TYPE, indexOf, startRegistry, type TestRegistry } from './test-registry.ts';

const repository = resolve(import.meta.dirname, '../../..');

const registries: TestRegistry[] = [];
async function registry(options = { tokens: true }): Promise<TestRegistry> {
  registries.push(await startRegistry(options));
  return registries.at(-1)!;
}
afterEach(() => Promise.all(registries.splice(0).map((registry) => registry.stop())));

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

const lockOf = (images: Record<string, string>): Lock => ({
  images: Object.fromEntries(
    Object.entries(images).map(([key, name]): [string, Image] => [
      key,
      { name, tag: 'latest', digest: null, source: manifestUrl(name, 'latest'), resolvedAt: null },
    ]),
  ),
});

test.each([
  ['postgres', 'https://registry-1.docker.io', 'library/postgres'],
  ['valkey/valkey', 'https://registry-1.docker.io', 'valkey/valkey'],
  ['docker.io/library/postgres', 'https://registry-1.docker.io', 'library/postgres'],
  ['ghcr.io/vikingthedev/homepage-backend', 'https://ghcr.io', 'vikingthedev/homepage-backend'],
  ['registry.example:5000/a/b_c', 'https://registry.example:5000', 'a/b_c'],
  ['localhost:5000/a', 'http://localhost:5000', 'a'],
  ['127.0.0.1.example/a', 'https://127.0.0.1.example', 'a'],
])('%s is asked at %s for %s', (name, origin, repository) => {
  expect(parseName(name)).toEqual({ origin, repository });
});

test.each([
  '',
  'A/b',
  'ghcr.io/',
  'ghcr.io/a:latest',
  'ghcr.io/a@sha256:00',
  'ghcr.io/../a',
  'a b',
  'ghcr.io/a?b=c',
])('%j is no name of an image', (name) => {
  expect(() => parseName(name)).toThrow(expect.objectContaining({ code: 'IMAGE_NAME_INVALID' }));
});

describe.each([{ tokens: true }, { tokens: false }])('a registry with $tokens', (options) => {
  test('tells the digest of the index of all architectures', async () => {
    const { host, push, requests } = await registry(options);
    const digest = push('someone/site', 'prod', indexOf('amd64', 'arm64'));
    expect(await findDigest(`${host}/someone/site`, 'prod')).toBe(digest);
    expect(requests.map(({ token }) => token)).toEqual(options.tokens ? [false, false, true] : [false]);
    if (options.tokens)
      expect(requests[1]!.url).toBe('/token?service=test+registry&scope=repository%3Asomeone%2Fsite%3Apull');
  });

  test('an image that is not there', async () => {
    const { host } = await registry(options);
    expect(await codeOf(findDigest(`${host}/someone/site`, 'prod'))).toBe('IMAGE_NOT_FOUND');
  });
});

describe('what is not believed', () => {
  test('an image for one architecture, as an index and as itself', async () => {
    const { host, push } = await registry();
    push('site', 'one', indexOf('amd64'));
    push('site', 'itself', { type: IMAGE_TYPE, body: '{"schemaVersion":2}' });
    await expect(findDigest(`${host}/site`, 'one')).rejects.toMatchObject({
      code: 'IMAGE_ONE_ARCHITECTURE',
      message: `${host}/site:one is not there for arm64.`,
    });
    expect(await codeOf(findDigest(`${host}/site`, 'itself'))).toBe('IMAGE_ONE_ARCHITECTURE');
  });

  test.each<[string, string, Parameters<TestRegistry['misbehave']>[1]]>([
    ['REGISTRY_REFUSED', '/token', (_, response) => response.writeHead(403).end()],
    ['REGISTRY_REFUSED', '/manifests/', (_, response) => response.writeHead(429).end()],
    ['REGISTRY_ANSWER_INVALID', '/token', (_, response) => response.end('{}')],
    ['REGISTRY_ANSWER_INVALID', '/token', (_, response) => response.end('<html>')],
    ['REGISTRY_ANSWER_INVALID', '/manifests/', (_, response) => response.writeHead(401).end()],
    [
      'REGISTRY_ANSWER_INVALID',
      '/manifests/',
      (_, response) => response.end('<html>sign in to this network</html>'),
    ],
    [
      'REGISTRY_ANSWER_INVALID',
      '/manifests/',
      (_, response) => {
        const { type, body } = indexOf('amd64', 'arm64');
        response.setHeader('content-type', type);
        response.setHeader('docker-content-digest', `sha256:${'0'.repeat(64)}`);
        response.end(body);
      },
    ],
    ['REGISTRY_ANSWER_INVALID', '/manifests/', (_, response) => response.end(Buffer.alloc(5 * 1024 * 1024))],
    ['REGISTRY_AWAY', '/manifests/', (request) => request.socket.destroy()],
  ])('%s: an odd answer of %s', async (code, part, answer) => {
    const { host, push, misbehave } = await registry();
    push('site', 'prod', indexOf('amd64', 'arm64'));
    misbehave(part, answer);
    expect(await codeOf(findDigest(`${host}/site`, 'prod'))).toBe(code);
  });

  test('a registry that says nothing, and one that is not there', async () => {
    const { host, misbehave, stop } = await registry();
    misbehave('/', () => {});
    await expect(findDigest(`${host}/site`, 'prod', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'REGISTRY_AWAY',
      message: `${host} cannot be asked: no answer within 0.05 s.`,
    });
    registries.splice(0);
    await stop();
    expect(await codeOf(findDigest(`${host}/site`, 'prod'))).toBe('REGISTRY_AWAY');
  });
});

test('one image that fails stops no other, and what was known of it stays', async () => {
  const { host, push } = await registry();
  const before = lockOf({ one: `${host}/one`, two: `${host}/two`, three: `${host}/three` });
  const old = `sha256:${'1'.repeat(64)}`;
  before.images['two'] = { ...before.images['two']!, digest: old, resolvedAt: '2026-01-01T00:00:00.000Z' };
  const digest = push('one', 'latest', indexOf('amd64', 'arm64'));
  const { lock, resolved } = await resolveImages(before, { now: () => new Date('2026-11-25T06:00:00Z') });
  expect(resolved.map(({ key, digest, problem }) => [key, digest, problem?.code ?? null])).toEqual([
    ['one', digest, null],
    ['two', null, 'IMAGE_NOT_FOUND'],
    ['three', null, 'IMAGE_NOT_FOUND'],
  ]);
  expect(lock.images['one']).toMatchObject({ digest, resolvedAt: '2026-11-25T06:00:00.000Z' });
  expect(lock.images['two']).toEqual(before.images['two']);
  expect(lock.images['three']!.digest).toBeNull();
  // Asked again, nothing is new: not even the date.
  const again = await resolveImages(lock, { keys: ['one'] });
  expect(again.lock).toEqual(lock);
});

test('only what was resolved is used', () => {
  const lock = lockOf({ one: 'ghcr.io/a/one' });
  expect(() => requireDigest(lock, 'one')).toThrow(expect.objectContaining({ code: 'IMAGE_UNRESOLVED' }));
  expect(() => requireDigest(lock, 'two')).toThrow(expect.objectContaining({ code: 'IMAGE_UNKNOWN' }));
  const digest = `sha256:${'a'.repeat(64)}`;
  lock.images['one'] = { ...lock.images['one']!, digest, resolvedAt: '2026-01-01T00:00:00.000Z' };
  expect(requireDigest(lock, 'one')).toBe(`ghcr.io/a/one@${digest}`);
});

test('the file is written whole, and a wrong one is refused with its place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-images-'));
  const file = join(folder, 'images.lock');
  try {
    writeLock(file, lockOf({ one: 'ghcr.io/a/one' }));
    expect(readLock(file)).toEqual(lockOf({ one: 'ghcr.io/a/one' }));
    expect(readdirSync(folder)).toEqual(['images.lock']);
    const text = readFileSync(file, 'utf8');
    for (const [wrong, place] of [
      [text.replace('null', '"sha256:12"'), 'images.one.digest'],
      [text.replace('null', `"sha256:${'a'.repeat(64)}"`), 'digest and resolvedAt'],
      [text.replace('"tag"', '"tga"'), 'tga'],
      ['{', 'JSON'],
    ] as const) {
      writeFileSync(file, wrong);
      expect(() => readLock(file)).toThrow(
        expect.objectContaining({
          code: 'IMAGES_LOCK_INVALID',
          message: expect.stringContaining(place) as string,
        }),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('deploy/images.lock', () => {
  const { images } = readLock(lockFile(repository));

  test('asks where the name and the tag say', () => {
    for (const [key, { name, tag, source }] of Object.entries(images))
      expect([key, source]).toEqual([key, manifestUrl(name, tag)]);
  });

  test('has the images of this site under the names of its configuration', async () => {
    const { images: own } = await loadSiteConfig(join(repository, 'homepage.config.ts'));
    requireOwnNames({ images }, own);
    expect({ backend: images['backend']!.name, frontend: images['frontend']!.name }).toEqual(own);
  });
});
