import { mathFromMarkdown } from 'mdast-util-math';
import { math } from 'micromark-extension-math';
import type { Code, Construct, State, Tokenizer } from 'micromark-util-types';
import type { Processor } from 'unified';

const DOLLAR = 36;
const BACKSLASH = 92;
const isSpace = (code: Code) => code === null || code < 0 || code === 32;
const isDigit = (code: Code) => code !== null && code >= 48 && code <= 57;

/** `$…$`, `$$…$$` in text and `$$` fences, as in micromark-extension-math, but prices stay prices (see `guard`). */
export function mathSyntax(this: Processor): undefined {
  const data = this.data();
  const syntax = math();
  const text = syntax.text?.[DOLLAR] as Construct;
  const tokenize: Tokenizer = function (effects, ok, nok) {
    return effects.check(guard, text.tokenize.call(this, effects, ok, nok), nok);
  };
  (data.micromarkExtensions ??= []).push({ ...syntax, text: { [DOLLAR]: { ...text, tokenize } } });
  (data.fromMarkdownExtensions ??= []).push(mathFromMarkdown());
}

/**
 * Pandoc's rule for a single dollar (https://pandoc.org/MANUAL.html#extension-tex_math_dollars): something other than a space
 * right after the opening one and right before the closing one, and no digit after the closing one. `$5 and $10` is text.
 */
const guard: Construct = {
  partial: true,
  tokenize(effects, ok, nok) {
    let size = 0;
    let before: Code = null;
    return start;

    function start(code: Code): State | undefined {
      effects.enter('chunkString');
      return open(code);
    }
    function open(code: Code): State | undefined {
      if (code === DOLLAR) {
        size++;
        effects.consume(code);
        return open;
      }
      if (size > 1) return done(true)(code);
      return isSpace(code) ? done(false)(code) : inside(code);
    }
    function inside(code: Code): State | undefined {
      if (code === null) return done(false)(code);
      if (code === DOLLAR) {
        effects.consume(code);
        return afterClosing;
      }
      before = code;
      effects.consume(code);
      return inside;
    }
    function afterClosing(code: Code): State | undefined {
      return done(!isSpace(before) && before !== BACKSLASH && !isDigit(code) && code !== DOLLAR)(code);
    }
    function done(isMath: boolean): State {
      return (code) => {
        effects.exit('chunkString');
        return (isMath ? ok : nok)(code);
      };
    }
  },
};
