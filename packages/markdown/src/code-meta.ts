/** What stands after the opening fence: ```` ```ts title="app.ts" {2,4-6} diff ````. */
export type CodeMeta = { language: string; title: string; highlighted: Set<number>; diff: boolean };

/** A block of 200 kB has fewer lines. */
const LAST_LINE = 100_000;

/**
 * @param lang the first word of the info string; `ts{2}` without a space works too
 * @param meta the rest of it
 */
export function readCodeMeta(lang: string | null | undefined, meta: string | null | undefined): CodeMeta {
  const info = `${lang ?? ''} ${meta ?? ''}`;
  const language = /^[^\s{]+/.exec(info)?.[0] ?? '';
  const rest = info.slice(language.length);
  const title = /(?:^|\s)title=(?:"([^"]*)"|'([^']*)'|([^\s{]+))/.exec(rest);
  const bare = title ? rest.replace(title[0], ' ') : rest;
  return {
    language,
    title: (title?.[1] ?? title?.[2] ?? title?.[3] ?? '').trim(),
    highlighted: lineNumbers(/\{([\d,\s-]+)\}/.exec(bare)?.[1] ?? ''),
    diff: /(?:^|\s)diff(?:\s|$)/.test(bare),
  };
}

function lineNumbers(ranges: string): Set<number> {
  const numbers = new Set<number>();
  for (const range of ranges.split(',')) {
    const [from = NaN, to = from] = range.split('-').map((part) => Number.parseInt(part, 10));
    for (let line = from; line <= Math.min(to, LAST_LINE); line++) numbers.add(line);
  }
  return numbers;
}
