/** The files of deploy/vault, with their placeholders (@environment@) filled in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';

/**
 * @param file e.g. "policies/api.hcl"
 * @throws Problem VAULT_FILE_MISSING, VAULT_PLACEHOLDER_UNKNOWN
 */
export function fill(folder: string, file: string, values: Record<string, string>): string {
  const path = join(folder, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('VAULT_FILE_MISSING', `${path} cannot be read.`, {
      field: path,
      fix: `Each service has one; they come with the repository: git restore ${path}`,
      cause,
    });
  }
  return text.replaceAll(/@([\w-]+)@/g, (_whole, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new Problem(
      'VAULT_PLACEHOLDER_UNKNOWN',
      `${path} has the placeholder @${name}@, which nothing fills.`,
      {
        field: path,
        fix: `Write one of ${Object.keys(values)
          .map((known) => `@${known}@`)
          .join(', ')}.`,
      },
    );
  });
}

/** Names of the policies that are there, without ".hcl". */
export const policyFiles = (folder: string): string[] =>
  readdirSync(join(folder, 'policies'))
    .filter((file) => file.endsWith('.hcl'))
    .map((file) => file.slice(0, -'.hcl'.length));
