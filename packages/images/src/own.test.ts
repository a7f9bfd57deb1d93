/** The names of homepage.config.ts in the lock. */
import { expect, test } from 'vitest';
import type { Image } from './lock.ts';
import { manifestUrl } from './name.ts';
import { requireOwnNames, withOwnNames } from './own.ts';

const image = (name: string): Image => ({
  name,
  tag: 'prod',
  digest: `sha256:${'a'.repeat(64)}`,
  source: manifestUrl(name, 'prod'),
  resolvedAt: '2026-01-01T00:00:00.000Z',
});
const lock = {
  images: {
    backend: image('ghcr.io/a/backend'),
    frontend: image('ghcr.io/a/frontend'),
    vault: image('vault'),
  },
};
const names = { backend: 'ghcr.io/fork/backend', frontend: 'ghcr.io/a/frontend' };

test('another name takes the digest of the old one away, and nothing else changes', () => {
  expect(withOwnNames(lock, names)).toEqual({
    images: {
      ...lock.images,
      backend: {
        name: 'ghcr.io/fork/backend',
        tag: 'prod',
        digest: null,
        source: 'https://ghcr.io/v2/fork/backend/manifests/prod',
        resolvedAt: null,
      },
    },
  });
  expect(withOwnNames(lock, undefined)).toEqual(lock);
});

test('a name that is not yet in the lock is refused, with the way to write it', () => {
  expect(() => requireOwnNames(lock, names)).toThrow(
    expect.objectContaining({ code: 'IMAGE_NAMES_DIFFER', command: 'npm run k8s:generate' }),
  );
  for (const agreed of [withOwnNames(lock, names), { images: {} }]) requireOwnNames(agreed, names);
});
