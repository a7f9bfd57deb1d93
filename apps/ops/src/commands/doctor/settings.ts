import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requireServable, type Settings } from '@homepage/platform';
import type { Patient } from './patient.ts';

const PAIRS = { DATABASE_URL: 'database.json', CACHE_URL: 'cache.json', STORAGE_URL: 'storage.json' };

export async function settingsValid(patient: Patient): Promise<string> {
  const settings = patient.readSettings();
  const { env } = patient.shell;
  requireServable(settings, env);
  const shape = settings.database ? 'the database is a PostgreSQL server' : 'the database is embedded';
  return ['valid', shape, ...inForce(settings, env)].join('; ');
}

/** Where a variable and a secret file name the same part, the variable wins: somebody may wonder. */
function inForce({ secretsDir }: Settings, env: NodeJS.ProcessEnv): string[] {
  if (secretsDir === undefined) return [];
  const both = Object.entries(PAIRS).filter(
    ([name, file]) => env[name] && existsSync(join(secretsDir, file)),
  );
  return [
    `secret files in ${secretsDir}`,
    ...both.map(([name, file]) => `${name} is in force, ${file} is not`),
  ];
}
