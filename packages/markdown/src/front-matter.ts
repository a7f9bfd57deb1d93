import { parse as parseToml, TomlDate, TomlError } from 'smol-toml';
import { isMap, isScalar, parseDocument as parseYaml, stringify } from 'yaml';
import type { Document, ErrorCode } from 'yaml';
import { FrontMatterError } from './errors.ts';

const FENCE = /^---[ \t]*$/;
/** the line around TOML, as Hugo has it */
const TOML_FENCE = /^\+\+\+[ \t]*$/;

export type ParsedDocument = {
  frontMatter: Record<string, unknown>;
  body: string;
  /** 1-based line in the file where body starts */
  bodyLine: number;
};

/**
 * Splits a file's text into front matter and body. Front matter is YAML 1.2 between `---` lines at the very start
 * (so dates stay text), or TOML between `+++` lines (its dates become text). A byte order mark is removed and CRLF
 * becomes LF.
 * @throws FrontMatterError with the line in the file and the fix
 */
export function parseDocument(source: string): ParsedDocument {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const lines = text.split('\n');
  const first = lines[0] ?? '';
  const toml = TOML_FENCE.test(first);
  if (!toml && !FENCE.test(first)) return { frontMatter: {}, body: text, bodyLine: 1 };

  const fence = toml ? TOML_FENCE : FENCE;
  const end = lines.findIndex((line, index) => index > 0 && fence.test(line));
  if (end === -1) throw unterminated(toml ? '+++' : '---');
  const block = lines.slice(1, end);
  return {
    frontMatter: toml ? readToml(block) : readMapping(block),
    body: lines.slice(end + 1).join('\n'),
    bodyLine: end + 2,
  };
}

function unterminated(fence: string): FrontMatterError {
  const rule = fence === '---' ? ' If line 1 is meant as a rule, write `***` instead.' : '';
  return new FrontMatterError(
    'FRONT_MATTER_UNTERMINATED',
    `The front matter that starts here has no closing \`${fence}\` line.`,
    { line: 1, fix: `Write \`${fence}\` on a line of its own after the last field.${rule}` },
  );
}

/** Writes front matter and body back; `parseDocument(serializeDocument(x))` is the identity. */
export function serializeDocument(frontMatter: Record<string, unknown>, body: string): string {
  if (Object.keys(frontMatter).length === 0) {
    const first = body.split('\n', 1)[0] ?? '';
    const looksFenced = FENCE.test(first) || TOML_FENCE.test(first) || body.startsWith('\uFEFF');
    return looksFenced ? `---\n---\n${body}` : body;
  }
  // Long lines are not folded (a folded line would differ on every edit), and nothing is written as an alias.
  const yaml = stringify(frontMatter, { lineWidth: 0, aliasDuplicateObjects: false });
  return `---\n${yaml}---\n${body}`;
}

function readToml(lines: string[]): Record<string, unknown> {
  try {
    return withoutDates(parseToml(lines.join('\n'))) as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new FrontMatterError(
      'FRONT_MATTER_TOML',
      `\`${(lines[cause.line - 1] ?? '').trim()}\` cannot be read as TOML.`,
      { line: cause.line + 1, fix: 'Write every field as `name = "value"`.', cause },
    );
  }
}

/** TOML's dates as the text they were, like those of YAML here. */
function withoutDates(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutDates);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutDates(inner)]));
}

function readMapping(lines: string[]): Record<string, unknown> {
  const tab = lines.findIndex((line) => /^ *\t/.test(line));
  if (tab !== -1) {
    throw new FrontMatterError(
      'FRONT_MATTER_TAB',
      'A tab is used for indentation, which YAML does not allow.',
      {
        line: tab + 2,
        fix: 'Replace the tab with two spaces.',
      },
    );
  }
  const document = parseYaml(lines.join('\n'), { prettyErrors: false, stringKeys: true });
  refuseErrors(document, lines);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return {};
  if (!isMap(contents)) {
    const found = isScalar(contents) ? 'plain text' : 'a list';
    throw new FrontMatterError(
      'FRONT_MATTER_NOT_A_MAPPING',
      `The front matter is ${found}, not fields with values.`,
      {
        line: lineAt(lines, contents.range?.[0] ?? 0),
        fix: 'Write every field as `name: value`, for example `title: Hello`.',
      },
    );
  }
  try {
    return document.toJS({ maxAliasCount: 50 }) as Record<string, unknown>;
  } catch (cause) {
    throw new FrontMatterError('FRONT_MATTER_ALIASES', 'The front matter refers to itself too often.', {
      line: 2,
      fix: 'Write the values out instead of using `&name` and `*name`.',
      cause,
    });
  }
}

function refuseErrors(document: Document, lines: string[]): void {
  const error = document.errors[0];
  if (!error) return;
  const line = lineAt(lines, error.pos[0]);
  const written = (lines[line - 2] ?? '').trim();
  const { code, message, fix } = explain(error.code, written, error.message);
  throw new FrontMatterError(code, message, { line, fix, cause: error });
}

function explain(
  code: ErrorCode,
  written: string,
  message: string,
): { code: string; message: string; fix: string } {
  const key = written.split(':', 1)[0] ?? written;
  switch (code) {
    case 'DUPLICATE_KEY':
      return {
        code: 'FRONT_MATTER_DUPLICATE_KEY',
        message: `The field \`${key}\` is written twice.`,
        fix: `Keep one \`${key}\` and remove the other.`,
      };
    case 'TAB_AS_INDENT':
      return {
        code: 'FRONT_MATTER_TAB',
        message: 'A tab is used for indentation, which YAML does not allow.',
        fix: 'Replace the tab with two spaces.',
      };
    case 'NON_STRING_KEY':
      return {
        code: 'FRONT_MATTER_KEY',
        message: 'The name of a field is not plain text.',
        fix: 'Put the name in quotes, for example `"2024": value`.',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        code: 'FRONT_MATTER_SYNTAX',
        message: `\`${written}\` has a second colon, so it is not clear where its value starts.`,
        fix: 'Put the value in quotes, for example `title: "Part one: the start"`.',
      };
    default:
      return {
        code: 'FRONT_MATTER_SYNTAX',
        message: `\`${written}\` cannot be read as YAML: ${message}.`,
        fix: 'Write every field as `name: value`; put values with special characters in quotes.',
      };
  }
}

/** Line in the file (the block starts on line 2) of an offset into the block. */
function lineAt(lines: string[], offset: number): number {
  return lines.join('\n').slice(0, offset).split('\n').length + 1;
}
