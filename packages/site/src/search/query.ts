/**
 * What a visitor typed, as an expression of PostgreSQL's to_tsquery. Only words, "phrases in quotes" and -words have a
 * meaning; every other sign is a letter or a space.
 * Pure.
 */

/** Longer input is no question. */
export const MAX_QUERY = 200;
/** More words would only make the question slower. */
const MAX_WORDS = 16;

export type Query = {
  /** for to_tsquery; empty when there is nothing to look for */
  expression: string;
  /** the words that must occur, for help with typing errors */
  words: string[];
};

type Term = { words: string[]; not: boolean; quoted: boolean };

/** @param typing the last word may be unfinished */
export function parseQuery(text: string, { typing }: { typing: boolean }): Query {
  const terms = readTerms(text);
  const wanted = terms.filter(({ not }) => !not);
  if (wanted.length === 0) return { expression: '', words: [] };
  const last = terms.at(-1)!;
  const unfinished = typing && !last.not && !last.quoted && !/\s$/.test(text);
  const parts = terms.map((term) => {
    const prefix = unfinished && term === last ? ':*' : '';
    // A single letter begins too many words to mean one of them.
    const written = term.words.map((word) => quote(word) + (lettersOf(word) > 1 ? prefix : ''));
    return (term.not ? '!' : '') + (written.length > 1 ? `(${written.join(' <-> ')})` : written[0]!);
  });
  return { expression: parts.join(' & '), words: wanted.flatMap(({ words }) => words) };
}

function readTerms(text: string): Term[] {
  const clean = text
    .normalize('NFC')
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Co}]+/gu, ' ');
  const terms: Term[] = [];
  let count = 0;
  for (const [, minus, phrase, word] of clean.matchAll(/(?<!\S)(-)?(?:["“”„«]([^"“”»]*)["“”»]?|(\S+))/gu)) {
    const words = (phrase ?? word ?? '').split(/\s+/).filter((one) => /[\p{L}\p{N}]/u.test(one));
    const room = words.slice(0, MAX_WORDS - count);
    count += room.length;
    if (room.length > 0) terms.push({ words: room, not: minus !== undefined, quoted: phrase !== undefined });
  }
  return terms;
}

const lettersOf = (word: string): number => word.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** A quoted word of to_tsquery: neither operators nor quotes in it mean anything. */
const quote = (word: string): string => `'${word.replaceAll(/['\\]/g, (sign) => sign + sign)}'`;
