/** Turns what the schema found into sentences: the field, what is wrong with it, and what to write instead. */
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { suggest } from '../suggest.ts';
import { siteConfig } from './schema.ts';

export function describeIssue(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(issue.path, key));
  const field = dotted(issue.path);
  const description = descriptionAt(issue.path);
  const given = valueAt(root, issue.path);
  if (given === undefined) return [invalid(field, 'is missing.', `Add ${description}.`)];
  switch (issue.code) {
    case 'invalid_type': {
      const name = field || 'The default export';
      const fix = field ? `Set it to ${description}.` : 'Write `export default defineSite({ … })`.';
      return [invalid(name, `must be ${expectedWords(issue.expected)}, not ${shown(given)}.`, fix)];
    }
    case 'too_small':
      return [invalid(field, tooSmall(issue), `Set it to ${description}.`)];
    case 'too_big':
      return [
        invalid(
          field,
          tooBig(issue, given),
          issue.origin === 'number' ? `Set it to ${description}.` : 'Shorten it.',
        ),
      ];
    case 'custom': {
      const suggestion = (issue.params as { suggestion?: string } | undefined)?.suggestion;
      const fix =
        suggestion === undefined
          ? `Set it to ${description}.`
          : `Did you mean ${JSON.stringify(suggestion)}?`;
      return [invalid(field, `${issue.message}, not ${shown(given)}.`, fix)];
    }
    default:
      return [invalid(field, `is not valid: ${issue.message}.`, `Set it to ${description}.`)];
  }
}

function unknownField(path: readonly PropertyKey[], key: string): Problem {
  const schema = unwrap(schemaAt(path));
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const near = suggest(key, known);
  return invalid(
    dotted([...path, key]),
    'is not a field.',
    near ? `Did you mean "${near}"?` : `Remove it; the fields here are ${known.join(', ')}.`,
  );
}

function invalid(field: string, what: string, fix: string): Problem {
  return new Problem('CONFIG_FIELD', `${field} ${what}`, { fix, field });
}

function tooSmall(issue: { minimum: number | bigint; origin: string }): string {
  return issue.origin === 'string' ? 'must not be empty.' : `must be at least ${issue.minimum}.`;
}

function tooBig(issue: { maximum: number | bigint; origin: string }, given: unknown): string {
  if (issue.origin === 'string')
    return `must be at most ${issue.maximum} characters long, not ${(given as string).trim().length}.`;
  if (issue.origin === 'array')
    return `must have at most ${issue.maximum} entries, not ${(given as unknown[]).length}.`;
  return `must be at most ${issue.maximum}, not ${shown(given)}.`;
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

/** The part of the schema that a path leads to. */
function schemaAt(path: readonly PropertyKey[]): z.core.$ZodType {
  let schema: z.core.$ZodType = siteConfig;
  for (const key of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodArray) schema = inner.element;
    else if (inner instanceof z.ZodObject) schema = (inner.shape as Record<PropertyKey, z.ZodType>)[key]!;
    else throw new Error(`the schema has no ${dotted(path)}`);
  }
  return schema;
}

function descriptionAt(path: readonly PropertyKey[]): string {
  return z.globalRegistry.get(schemaAt(path))?.description ?? 'another value';
}

/** The schema itself, without "optional" and "default" around it. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.def.innerType;
  return inner;
}

function expectedWords(type: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    array: 'a list',
    object: 'an object',
  };
  return words[type] ?? type;
}

/** A value as it may stand in a sentence: short ones as written, long and large ones by their kind. */
function shown(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string')
    return value.length <= 60 ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, 57))} …`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
