import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { Problem, Problems } from '../problem.ts';
import { suggest } from '../suggest.ts';
import { siteConfig, type SiteConfig } from './schema.ts';

/**
 * Reads and checks the configuration file.
 * @throws Problem CONFIG_MISSING, CONFIG_UNREADABLE; Problems CONFIG_INVALID naming every wrong field
 */
export async function loadSiteConfig(file: string): Promise<SiteConfig> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new Problem('CONFIG_MISSING', `There is no configuration file at ${path}.`, {
      fix: 'Restore homepage.config.ts from the repository, or name another file in HOMEPAGE_CONFIG.',
    });
  }
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (cause) {
    throw new Problem('CONFIG_UNREADABLE', `${path} cannot be read: ${(cause as Error).message}`, {
      fix: 'Mend the syntax; `npm run check` shows the place.',
      cause,
    });
  }
  return checkSiteConfig(loaded.default);
}

/**
 * Fills in defaults and checks every field.
 * @throws Problems CONFIG_INVALID with one Problem a wrong field, each with its path and a fix
 */
export function checkSiteConfig(value: unknown): SiteConfig {
  const result = siteConfig.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, value));
  const lines = problems.map((problem) => `  ${problem.message} ${problem.fix}`).join('\n');
  throw new Problems('CONFIG_INVALID', `homepage.config.ts is not valid:\n${lines}`, problems);
}

function describeIssue(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  const field = dotted(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(issue.path);
      const near = suggest(key, known);
      return invalid(
        field ? `${field}.${key}` : key,
        'is not a field.',
        near ? `Did you mean "${near}"?` : `Known here: ${known.join(', ')}.`,
      );
    });
  }
  const name = field || 'The default export';
  const given = valueAt(root, issue.path);
  if (given === undefined) return [invalid(name, 'is missing.', missingFix(issue))];
  switch (issue.code) {
    case 'invalid_type':
      return [
        invalid(
          name,
          `must be ${article(issue.expected)}, not ${article(typeName(given))}.`,
          'Change its value.',
        ),
      ];
    case 'too_small':
      return [invalid(name, smallest(issue), 'Change its value.')];
    case 'too_big':
      return [invalid(name, largest(issue), 'Shorten it.')];
    default: {
      const text =
        issue.message.startsWith('must') ||
        issue.message.startsWith('is not') ||
        issue.message.startsWith('may');
      return [
        invalid(
          name,
          `${JSON.stringify(given)} ${text ? issue.message : `is not valid (${issue.message})`}.`,
          'Change its value.',
        ),
      ];
    }
  }
}

function invalid(field: string, what: string, fix: string): Problem {
  return new Problem('CONFIG_FIELD', `${field} ${what}`, { fix, field });
}

function missingFix(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? `Add it as ${article(issue.expected)}.` : 'Add it.';
}

function smallest(issue: { minimum: number | bigint; origin: string }): string {
  if (issue.origin === 'string') return 'must not be empty.';
  return `must be at least ${issue.minimum}.`;
}

function largest(issue: { maximum: number | bigint; origin: string }): string {
  if (issue.origin === 'string') return `must be at most ${issue.maximum} characters long.`;
  if (issue.origin === 'array') return `must have at most ${issue.maximum} entries.`;
  return `must be at most ${issue.maximum}.`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    root,
  );
}

/** The keys allowed at a path of the schema, for suggestions. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = siteConfig;
  for (const key of path) {
    schema = unwrap(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = (schema.shape as Record<PropertyKey, unknown>)[key];
  }
  schema = unwrap(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrap(schema: unknown): unknown {
  while (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) schema = schema.def.innerType;
  return schema;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function article(type: string): string {
  if (type === 'null') return 'null';
  const word =
    type === 'array' ? 'list' : type === 'string' ? 'text' : type === 'int' ? 'whole number' : type;
  if (word === 'text') return 'text';
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
}
