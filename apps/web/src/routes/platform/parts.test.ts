import type { PlatformStatus } from '@homepage/contract';
import { describe, expect, test } from 'vitest';
import { platformWords } from '../../lib/words/platform.ts';
import { readStates, ways } from './parts.ts';

const embedded: PlatformStatus = {
  shape: 'embedded',
  version: '1.0.0',
  commit: null,
  digest: null,
  since: '2026-11-23T08:00:00Z',
  replicas: 1,
  database: { kind: 'pglite', version: '18.6', ok: true },
  cache: { kind: 'memory', version: null, ok: true, entries: 3, hitRatio: null },
  storage: { kind: 'files', version: null, ok: true, objects: 0 },
  certificate: { notAfter: null },
  backup: { lastVerifiedAt: null },
};
const read = (change: Partial<PlatformStatus>) =>
  readStates({ ...embedded, ...change }, platformWords.says, (iso) => `at ${iso}`);

describe('the drawing is honest', () => {
  test('embedded: what is not there is not lit', () => {
    const states = read({});
    for (const part of ['ingress', 'frontend', 'bootstrap', 'vault', 'agent', 'files', 'job'] as const) {
      expect(states[part].lamp, part).toBe('absent');
    }
    expect(states.database).toEqual({ lamp: 'lit', says: 'pglite 18.6' });
    expect(states.verify.lamp).toBe('unknown');
  });

  test('platform: what this page cannot ask is unknown, not lit', () => {
    const states = read({ shape: 'platform', replicas: 3 });
    for (const part of ['ingress', 'frontend', 'vault', 'files', 'job'] as const)
      expect(states[part].lamp, part).toBe('unknown');
    expect(states.api.says).toBe('3 replicas');
  });

  test('a part that does not answer is out, and named', () => {
    const { cache } = read({
      cache: { kind: 'valkey', version: '9.0', ok: false, entries: null, hitRatio: null },
    });
    expect(cache).toEqual({ lamp: 'out', says: 'valkey 9.0, no answer' });
  });

  test('a certificate that ended is out', () => {
    expect(read({ certificate: { notAfter: '2020-01-01T00:00:00Z' } }).files.lamp).toBe('out');
    expect(read({ certificate: { notAfter: '2999-01-01T00:00:00Z' } }).files.lamp).toBe('lit');
  });
});

test('every part stands on a way', () => {
  expect(new Set(Object.values(ways).flat())).toEqual(new Set(Object.keys(platformWords.parts)));
});
