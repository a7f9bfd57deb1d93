/** Reads the rows out of a dump while it passes: one that pg_dump wrote, or one of ours (dump-embedded.ts). */
import { Problem } from '@homepage/platform';
import { unquoteName } from './copy-text.ts';

export type DumpPart =
  | { kind: 'table'; table: string; columns: string[] }
  /** rows of the table that was named last, as lines of COPY */
  | { kind: 'rows'; lines: string[] }
  | { kind: 'sequence'; name: string; value: string; called: boolean };

const NAME = String.raw`(?:"(?:[^"]|"")+"|\w+)`;
const COPY = new RegExp(`^COPY public\\.(${NAME}) \\(((?:${NAME}(?:, )?)+)\\) FROM stdin;$`);
const SEQUENCE = new RegExp(`^SELECT pg_catalog\\.setval\\('public\\.(${NAME})', (\\d+), (true|false)\\);$`);
const NEWLINE = 10;

/** The last line that says something; without it the dump was cut off. */
export const COMPLETE = '-- PostgreSQL database dump complete';

export class DumpReader {
  #rest: Buffer[] = [];
  #inTable = false;
  #complete = false;

  /** Gives what is whole by now; a line may come in many pieces. */
  push(chunk: Buffer): DumpPart[] {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#rest.push(chunk);
      return [];
    }
    const text = Buffer.concat([...this.#rest, chunk.subarray(0, end)]).toString();
    this.#rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    return this.#parts(text.split('\n'));
  }

  /** @throws Problem BACKUP_DUMP_CUT_OFF */
  end(): void {
    if (this.#complete && !this.#inTable) return;
    throw new Problem('BACKUP_DUMP_CUT_OFF', 'The dump ends in the middle.', {
      fix: 'Look for what ended it (the database, a full disk), then run it again.',
    });
  }

  #parts(lines: string[]): DumpPart[] {
    const parts: DumpPart[] = [];
    let rows: string[] = [];
    for (const line of lines) {
      if (!this.#inTable) {
        const part = this.#statement(line);
        if (part) parts.push(part);
        continue;
      }
      if (line !== '\\.') {
        rows.push(line);
        continue;
      }
      this.#inTable = false;
      if (rows.length > 0) parts.push({ kind: 'rows', lines: rows });
      rows = [];
    }
    if (rows.length > 0) parts.push({ kind: 'rows', lines: rows });
    return parts;
  }

  #statement(line: string): DumpPart | undefined {
    if (line === COMPLETE) this.#complete = true;
    const copy = COPY.exec(line);
    if (copy) {
      this.#inTable = true;
      const columns = copy[2]!.match(new RegExp(NAME, 'g'))!.map(unquoteName);
      return { kind: 'table', table: unquoteName(copy[1]!), columns };
    }
    const sequence = SEQUENCE.exec(line);
    if (!sequence) return undefined;
    const [, name, value, called] = sequence;
    return { kind: 'sequence', name: unquoteName(name!), value: value!, called: called === 'true' };
  }
}

/** Counts rows as they pass, to be compared with what the database said. */
export class RowCounter {
  #reader = new DumpReader();
  #table = '';
  readonly rows = new Map<string, number>();

  push(chunk: Buffer): void {
    for (const part of this.#reader.push(chunk)) {
      if (part.kind === 'table') this.rows.set((this.#table = part.table), 0);
      if (part.kind === 'rows') this.rows.set(this.#table, this.rows.get(this.#table)! + part.lines.length);
    }
  }

  end(): void {
    this.#reader.end();
  }
}
