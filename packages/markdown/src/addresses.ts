import type { Root } from 'mdast';
import type { CompileContext, Token } from 'mdast-util-from-markdown';
import { decodeString } from 'micromark-util-decode-string';
import type { Processor } from 'unified';
import { visit } from 'unist-util-visit';
import { parser } from './parse.ts';

type Place = { url: string; start: number; end: number; line: number };

const HTML_LINK = /(\bhref\s*=\s*)("[^"]*"|'[^']*')/gi;

/**
 * Changes where links lead, in the Markdown itself; everything else stays as it is, letter by letter.
 * @param replace called for each address of a link, a picture, a definition or an href of raw HTML; `line` counts
 *   from 1; undefined keeps it. A new one must be percent-encoded.
 */
export function mapAddresses(
  markdown: string,
  replace: (url: string, at: { line: number }) => string | undefined,
): string {
  const places: Place[] = [];
  const tree = parser().use(recordDestinations, places).parse(markdown) as Root;
  visit(tree, 'html', ({ position }) => {
    const start = position!.start.offset!;
    const html = markdown.slice(start, position!.end.offset);
    for (const { 0: all, 1: name, 2: quoted, index } of html.matchAll(HTML_LINK)) {
      const from = index + name!.length + 1;
      places.push({
        url: decodeString(quoted!.slice(1, -1)),
        start: start + from,
        end: start + index + all.length - 1,
        line: position!.start.line + html.slice(0, index).split('\n').length - 1,
      });
    }
  });
  let result = '';
  let done = 0;
  for (const { url, start, end, line } of places.toSorted((a, b) => a.start - b.start)) {
    const replacement = replace(url, { line });
    if (replacement === undefined) continue;
    result += markdown.slice(done, start) + replacement;
    done = end;
  }
  return result + markdown.slice(done);
}

/** The parser knows where an address stands, the tree only where its link does. */
function recordDestinations(this: Processor, places: Place[]): undefined {
  function record(this: CompileContext, token: Token): undefined {
    places.push({
      url: decodeString(this.sliceSerialize(token)),
      start: token.start.offset,
      end: token.end.offset,
      line: token.start.line,
    });
    this.buffer();
  }
  (this.data().fromMarkdownExtensions ??= []).push({
    enter: { resourceDestinationString: record, definitionDestinationString: record },
  });
}
