import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadDotEnv } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function dotEnvReadable({ shell }: Patient): Promise<string> {
  const file = join(shell.repository, '.env');
  if (!existsSync(file)) return 'there is none, and none is needed';
  loadDotEnv(shell.repository);
  return file;
}
