import type { Code, Construct, Extension, State, TokenizeContext } from 'micromark-util-types';
import type { Processor } from 'unified';
import { MarkdownError } from './errors.ts';

/** `*`, `_` and `~` in one paragraph, heading or cell. Pairing them takes the square of their number. */
const MOST_MARKERS = 5000;
/** `[` that wait for their `]`. Closing them takes the square of their number. */
const MOST_OPEN_BRACKETS = 100;

const BRACKETS = /^[![\]]/;

type Counts = { markers: number; open: number };
const countsOf = new WeakMap<TokenizeContext, Counts>();

/**
 * Counts the characters whose number the parser's time depends on, and gives up in time. It never matches anything itself.
 * @throws MarkdownError from within the parser
 */
export function limits(this: Processor): undefined {
  const text: Extension['text'] = {};
  for (const character of '*_~![]') text[character.charCodeAt(0)] = counter;
  (this.data().micromarkExtensions ??= []).push({ text });
}

const counter: Construct = {
  name: 'limits',
  tokenize(effects, _ok, nok) {
    const counts = countsOf.get(this) ?? { markers: 0, open: 0 };
    countsOf.set(this, counts);
    const { line } = this.now();
    let written = '';

    return function start(code: Code): State | undefined {
      effects.enter('chunkString');
      return peek(code);
    };

    /** A run of one marker, or up to the three characters that tell a bracket from a footnote. */
    function peek(code: Code): State | undefined {
      const character = code !== null && code > 0 ? String.fromCharCode(code) : '';
      const more = BRACKETS.test(written || character)
        ? written.length < 3
        : !written || character === written[0];
      if (character && more) {
        written += character;
        effects.consume(code);
        return peek;
      }
      effects.exit('chunkString');
      count();
      return nok(code);
    }

    function count(): void {
      if (/^!?\[(?!\^)/.test(written)) counts.open++;
      else if (written.startsWith(']')) counts.open = Math.max(0, counts.open - 1);
      else counts.markers += BRACKETS.test(written) ? 1 : written.length;
      check();
    }

    function check(): void {
      if (counts.markers <= MOST_MARKERS && counts.open <= MOST_OPEN_BRACKETS) return;
      throw new MarkdownError(
        'MARKDOWN_TOO_DEEP',
        'Too many `*`, `_`, `~` or open `[` stand in one paragraph.',
        {
          line,
          fix: 'Split the paragraph, or put text that is full of signs into a code block.',
        },
      );
    }
  },
};
