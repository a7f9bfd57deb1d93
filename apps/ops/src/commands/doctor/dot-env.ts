import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDotEnv, Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function dotEnvReadable({ shell }: Patient): Promise<string> {
  const file = join(shell.repository, '.env');
  if (!existsSync(file)) return 'there is none, and none is needed';
  loadDotEnv(shell.repository);
  const wrong = notAssignments(readFileSync(file, 'utf8'));
  if (wrong.length === 0) return file;
  throw new Problem('ENV_FILE_INVALID', `${file}: not NAME=value, so not read: line ${wrong.join(', ')}.`, {
    field: '.env',
    fix: 'Write each as NAME=value, or begin it with #.',
  });
}

/** Numbers of the lines that Node passes over in silence. Values may run over lines inside quotes. */
export function notAssignments(text: string): number[] {
  const blanked = text.replace(/=\s*(["'`])[^]*?\1/g, (value) =>
    `=${value.replace(/[^\n]/g, '')}`.replaceAll('\n', '\n#'),
  );
  return blanked
    .split(/\r?\n/)
    .flatMap((line, index) => (/^\s*(#|$)|^\s*(export\s+)?[A-Za-z_]\w*\s*=/.test(line) ? [] : [index + 1]));
}
