/** The file `.env` beside package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { parseEnv } from 'node:util';
import { Problem } from './problem.ts';

/**
 * Reads `.env` when there is one; real variables win.
 * @throws Problem ENV_FILE_UNREADABLE; ENV_FILE_INVALID: Node passes over such lines in silence, and a site whose
 *   DATABASE_URL was passed over begins with an empty database of its own
 */
export function loadDotEnv(root: string): void {
  const file = resolve(root, '.env');
  if (!existsSync(file)) return;
  readEnvFile(file);
  loadEnvFile(file);
}

/**
 * What such a file sets; the environment of this process stays as it is.
 * @throws Problem ENV_FILE_UNREADABLE, ENV_FILE_INVALID
 */
export function readEnvFile(file: string): Record<string, string> {
  const text = read(file);
  const wrong = notAssignments(text);
  if (wrong.length > 0) {
    throw new Problem('ENV_FILE_INVALID', `${file}: not NAME=value, so not read: line ${wrong.join(', ')}.`, {
      field: '.env',
      fix: 'Write each as NAME=value, or begin it with #; save the file as UTF-8 without a byte order mark.',
    });
  }
  return parseEnv(text) as Record<string, string>;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('ENV_FILE_UNREADABLE', `${file} cannot be read (${code}).`, {
      field: '.env',
      fix: 'Make it a file that this user may read, or remove it: every variable has a default.',
      command: `ls -ld ${file}`,
      cause,
    });
  }
}

/** Numbers of the lines that are neither an assignment nor a comment. Values may run over lines inside quotes. */
export function notAssignments(text: string): number[] {
  const blanked = text.replace(/=\s*(["'`])[^]*?\1/g, (value) =>
    `=${value.replace(/[^\n]/g, '')}`.replaceAll('\n', '\n#'),
  );
  return blanked
    .split(/\r?\n/)
    .flatMap((line, index) =>
      !line.startsWith('\uFEFF') && /^\s*(#|$)|^\s*(export\s+)?[A-Za-z_]\w*\s*=/.test(line)
        ? []
        : [index + 1],
    );
}
