/** docs/limits.md says what the code and the configuration say. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const docs = resolve(import.meta.dirname, '../docs');

type Row = { what: string; limit: string; name: string; file: string };

const rows: Row[] = readFileSync(join(docs, 'limits.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| (.+?) \| (.+?) \| `(.+?)` \| \[.+?\]\((.+?)\) \|/.exec(line))
  .filter((match) => match !== null)
  .map(([, what, limit, name, file]) => ({ what: what!, limit: limit!, name: name!, file: file! }));

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  days: 86_400_000,
  KiB: 1024,
  MiB: 1024 ** 2,
  MB: 1e6,
  GB: 1e9,
};

/** "64 MiB" in bytes, "5 s" in milliseconds, "10,000" as it is; "8 s or 20 s" where it differs by place. */
const asWritten = (limit: string): number[] => limit.split(' or ').map(one);

function one(limit: string): number {
  const [, digits, unit] = /([\d.,]+)(?: (\w+))?$/.exec(limit)!;
  return Number(digits!.replaceAll(',', '')) * (unit === undefined ? 1 : UNITS[unit]!);
}

/** The numbers behind a name, wherever it stands: a product in TypeScript, a number with its own unit in configuration. */
function asSet({ name, file }: Row): number[] {
  const text = readFileSync(join(docs, file), 'utf8');
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const places = text.matchAll(new RegExp(`(?<![\\w.-])${escaped}[ =:]*(?=\\d)`, 'g'));
  return [...places].map(({ 0: match, index }) => numberAt(text.slice(index + match.length), name, file));
}

function numberAt(behind: string, name: string, file: string): number {
  const [, product, unit] = /^([\d_.]+(?: \* [\d_.]+)*)([a-z]*)/.exec(behind)!;
  const number = product!
    .replaceAll('_', '')
    .split(' * ')
    .reduce((total, factor) => total * Number(factor), 1);
  if (file.endsWith('.ts')) return /_SECONDS$/.test(name) ? number * 1_000 : number;
  const isTime = name.endsWith('timeout');
  const sizes = { k: 1024, m: 1024 ** 2, mb: 1024 ** 2 } as Record<string, number>;
  return number * (isTime ? UNITS[unit!]! : (sizes[unit!] ?? 1));
}

test('there are rows, and each names a file that is there', () => {
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(({ file }) => !existsSync(join(docs, file)))).toEqual([]);
});

test.each(rows)('$what: $limit', (row) => {
  const numbers = asSet(row);
  expect(numbers.length).toBeGreaterThan(0);
  expect([...new Set(numbers)]).toEqual(asWritten(row.limit));
});

test('every number of the front end that limits a visitor is in the table', () => {
  const nginx = readFileSync(join(docs, '../deploy/images/frontend/nginx.conf'), 'utf8');
  const named = rows.map(({ name }) => name);
  const directives = [
    ...nginx.matchAll(/^\s*((?:client|send|keepalive)_\w+|limit_conn \w+|proxy_\w+timeout) [\d]/gm),
  ];
  expect(directives.length).toBeGreaterThan(5);
  const untold = new Set(
    directives.map(([, name]) => name!).filter((name) => !named.some((told) => told.startsWith(name))),
  );
  expect([...untold]).toEqual(['client_header_buffer_size']);
});
