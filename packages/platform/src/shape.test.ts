import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';
import { requireOneShape } from './shape.ts';

const DATABASE_URL = 'postgres://app@db/homepage';
const STORAGE_URL = 's3://key:secret@media?endpoint=https://minio:9000';

const check = (env: Record<string, string>): void => requireOneShape(readSettings(env, '/srv'), env);

test.each<Record<string, string>>([
  {},
  { DATABASE_URL, STORAGE_URL },
  { DATABASE_URL, STORAGE_URL, CACHE_URL: 'valkeys://cache', PUBLIC_URL: 'https://example.dev' },
  { DATABASE_URL, DATA_DIR: '/srv/data' },
  { PUBLIC_URL: 'http://example.dev' },
  { DATABASE_URL, STORAGE_URL, PUBLIC_URL: 'http://127.0.0.1:3000' },
  { DATABASE_URL, STORAGE_URL, PUBLIC_URL: 'http://[::1]:3000' },
  { DATABASE_URL, STORAGE_URL, PUBLIC_URL: 'http://homepage' },
  { DATABASE_URL, STORAGE_URL, PUBLIC_URL: 'http://site.internal:8080' },
])('%j is one shape', (env) => {
  expect(() => check(env)).not.toThrow();
});

test.each([
  [{ CACHE_URL: 'valkeys://cache' }, 'DATABASE_URL'],
  [{ STORAGE_URL }, 'DATABASE_URL'],
  [{ DATABASE_OWNER_URL: DATABASE_URL }, 'DATABASE_URL'],
  [{ DATABASE_URL }, 'STORAGE_URL'],
  [{ DATABASE_URL, STORAGE_URL, PUBLIC_URL: 'http://www.example.dev' }, 'PUBLIC_URL'],
])('%j is two', (env, field) => {
  expect(() => check(env)).toThrow(expect.objectContaining({ code: 'SHAPE_MIXED', field }));
});
