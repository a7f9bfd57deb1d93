import { array, assert, constant, integer, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { decodeRow, encodeRow, quoteName, unquoteName } from './copy-text.ts';
import { COMPLETE, DumpReader, RowCounter, type DumpPart } from './dump-reader.ts';

const field = oneof(constant(null), string(), string({ unit: 'binary' }), constant('\\N'), constant('\\.'));
const row = array(field, { minLength: 1 });

test('any row is one line and comes back', () => {
  assert(
    property(row, (fields) => {
      const line = encodeRow(fields);
      expect(line).not.toMatch(/[\n\r]/);
      expect(decodeRow(line)).toEqual(fields);
    }),
    sameEachTime(),
  );
});

test('any name comes back out of its quotes', () => {
  assert(
    property(string({ minLength: 1 }), (name) => {
      expect(unquoteName(quoteName(name))).toBe(name);
    }),
    sameEachTime(),
  );
});

function readAll(chunks: Buffer[]): DumpPart[] {
  const reader = new DumpReader();
  const parts = chunks.flatMap((chunk) => reader.push(chunk));
  reader.end();
  return parts;
}

/** Rows that came in several pieces, put together again. */
function joined(parts: DumpPart[]): DumpPart[] {
  return parts.reduce<DumpPart[]>((all, part) => {
    const last = all.at(-1);
    if (part.kind === 'rows' && last?.kind === 'rows') last.lines.push(...part.lines);
    else all.push(structuredClone(part));
    return all;
  }, []);
}

test('a dump gives the same parts whatever pieces it comes in', () => {
  const rows = array(array(field, { minLength: 2, maxLength: 2 }), { maxLength: 5 });
  assert(
    property(rows, array(integer({ min: 1, max: 40 }), { minLength: 1 }), (given, sizes) => {
      const lines = given.map(encodeRow);
      const dump = Buffer.from(
        [
          'SET client_encoding = 1;',
          'COPY public.things (id, "position") FROM stdin;',
          ...lines,
          '\\.',
          `SELECT pg_catalog.setval('public.things_id_seq', 12, true);`,
          COMPLETE,
          '',
        ].join('\n'),
      );
      const pieces: Buffer[] = [];
      for (let at = 0, turn = 0; at < dump.length; turn++) {
        const size = sizes[turn % sizes.length]!;
        pieces.push(dump.subarray(at, at + size));
        at += size;
      }
      expect(joined(readAll(pieces))).toEqual([
        { kind: 'table', table: 'things', columns: ['id', 'position'] },
        ...(lines.length > 0 ? [{ kind: 'rows', lines }] : []),
        { kind: 'sequence', name: 'things_id_seq', value: '12', called: true },
      ]);
    }),
    sameEachTime(),
  );
});

test.each([
  ['nothing at all', ''],
  ['cut off in a table', 'COPY public.things (id) FROM stdin;\n1\n'],
  ['cut off between tables', 'COPY public.things (id) FROM stdin;\n1\n\\.\n'],
])('a dump with %s is no dump', (_name, text) => {
  const counter = new RowCounter();
  counter.push(Buffer.from(text));
  expect(() => counter.end()).toThrow('The dump ends in the middle.');
});
