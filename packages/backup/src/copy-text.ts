/**
 * PostgreSQL's text format of COPY, as pg_dump writes it: fields with tabs between, `\N` for null, a backslash before
 * what has a meaning. https://www.postgresql.org/docs/current/sql-copy.html
 */
export type Field = string | null;

const ESCAPED: Record<string, string> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};
const PLAIN = Object.fromEntries(Object.entries(ESCAPED).map(([plain, escaped]) => [escaped[1], plain]));

const NEEDS_ESCAPE = /[\b\f\n\r\t\v\\]/g;

/** @returns the line without its end */
export function encodeRow(fields: Field[]): string {
  return fields
    .map((field) =>
      field === null ? '\\N' : field.replace(NEEDS_ESCAPE, (character) => ESCAPED[character]!),
    )
    .join('\t');
}

export function decodeRow(line: string): Field[] {
  return line.split('\t').map((field) => {
    if (field === '\\N') return null;
    return field.includes('\\')
      ? field.replaceAll(/\\(.)/g, (_match, letter: string) => PLAIN[letter] ?? letter)
      : field;
  });
}

/** As SQL writes names: in quotes, always. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** @param text one name, with quotes or without */
export const unquoteName = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
