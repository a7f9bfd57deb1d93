import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

/** Words as alike as this are looked at: "fjrod" has a fifth of its threes of letters in common with "fjord". */
const LIKENESS = 0.18;
const LOOKED_AT = 60;

/**
 * The text with the nearest words that occur on the site in the place of those that do not.
 * @returns null when there is nothing to correct
 */
export async function correctWords(
  db: Kysely<Tables>,
  text: string,
  words: string[],
): Promise<string | null> {
  let corrected = text;
  for (const word of new Set(words)) {
    const better = await nearestWord(db, word);
    if (better !== null) corrected = corrected.replaceAll(word, () => better);
  }
  return corrected === text ? null : corrected;
}

async function nearestWord(db: Kysely<Tables>, typed: string): Promise<string | null> {
  // Names with digits are no typing errors.
  if (!/^[\p{L}\p{M}]{4,40}$/u.test(typed)) return null;
  const { given, words } = await db.transaction().execute(async (trx) => {
    await sql`select set_config('pg_trgm.similarity_threshold', ${String(LIKENESS)}, true)`.execute(trx);
    const { rows } = await sql<{ given: string; word: string | null }>`
      with given as (select unaccent(lower(${typed})) as word)
      select given.word as given, search_words.word
      from given left join search_words on search_words.word % given.word
      order by similarity(search_words.word, given.word) desc nulls last, search_words.word
      limit ${LOOKED_AT}`.execute(trx);
    return { given: rows[0]!.given, words: rows.map(({ word }) => word).filter((word) => word !== null) };
  });
  if (words.includes(given)) return null;
  const most = given.length < 7 ? 1 : 2;
  let nearest: { word: string; errors: number } | null = null;
  for (const word of words) {
    const errors = typingErrors(given, word);
    if (errors <= most && (!nearest || errors < nearest.errors)) nearest = { word, errors };
  }
  return nearest?.word ?? null;
}

/** How many letters are missing, too many, wrong or exchanged with their neighbour (optimal string alignment). */
export function typingErrors(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_cell, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const cells = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        rows[row - 1]![column]! + 1,
        cells[column - 1]! + 1,
        rows[row - 1]![column - 1]! + (same ? 0 : 1),
      );
      const exchanged = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (exchanged) least = Math.min(least, rows[row - 2]![column - 2]! + 1);
      cells.push(least);
    }
    rows.push(cells);
  }
  return rows[a.length]![b.length]!;
}
