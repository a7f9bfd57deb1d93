import type { CodeMeta } from './code-meta.ts';

export type Mark = 'added' | 'removed' | 'highlighted';

/** `marks[0]` are the marks of the first line. */
export type MarkedCode = { code: string; marks: Set<Mark>[] };

/** `// [!code ++]` at the end of a line, in the comment signs of common languages; `:3` marks three lines. */
const COMMENT =
  /[ \t]*(?:\/\/|\/\*|\{\/\*|<!--|--|#|%|;)[ \t]*\[!code (\+\+|--|highlight|hl)(?::(\d{1,4}))?\][ \t]*(?:\*\/\}?|-->)?[ \t]*$/;
const MEANING: Record<string, Mark> = {
  '++': 'added',
  '--': 'removed',
  highlight: 'highlighted',
  hl: 'highlighted',
};
const SIGNS: Record<string, Mark> = { '+': 'added', '-': 'removed' };

/** Takes the marks out of the code, so that what is left can be highlighted and copied. */
export function takeMarks(source: string, meta: CodeMeta): MarkedCode {
  const lines = source.split('\n');
  const marks = lines.map(() => new Set<Mark>());
  const code = lines.map((line, index) => {
    if (meta.highlighted.has(index + 1)) marks[index]?.add('highlighted');
    let rest = line;
    if (meta.diff) {
      const sign = SIGNS[line[0] ?? ''];
      if (sign) marks[index]?.add(sign);
      // The column of signs goes, also where it is empty, so that the lines stay aligned.
      if (sign || line.startsWith(' ')) rest = line.slice(1);
    }
    const comment = rest.includes('[!code ') ? COMMENT.exec(rest) : null;
    if (!comment) return rest;
    const mark = MEANING[comment[1] as string] as Mark;
    for (let at = index; at < index + Number(comment[2] ?? 1); at++) marks[at]?.add(mark);
    return rest.slice(0, comment.index);
  });
  return { code: code.join('\n'), marks };
}
