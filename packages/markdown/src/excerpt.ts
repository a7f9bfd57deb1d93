const LONGEST = 200;

const words = new Intl.Segmenter('en', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The beginning of a text on one line: at most 200 UTF-16 units, `…` included, cut between words, and inside a word only
 * when that word alone is longer. A grapheme is never cut.
 */
export function excerptOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= LONGEST) return line;
  // Enough to see whether the last unit that fits ends a word.
  const start = line.slice(0, LONGEST * 2);
  const cut = lastEnd(words.segment(start)) || lastEnd(graphemes.segment(start));
  return `${start.slice(0, cut).replace(/[\s\p{P}]+$/u, '')}…`;
}

/** Where the last segment ends that leaves room for `…`. A word in the middle of the line only counts up to its beginning. */
function lastEnd(segments: Intl.Segments): number {
  let end = 0;
  for (const { index, segment } of segments) {
    if (index + segment.length > LONGEST - 1) break;
    end = index + segment.length;
  }
  return end;
}
