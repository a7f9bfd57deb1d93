/**
 * Who gives an entry its title. A page shows its title once, so a heading that becomes the title, or says the same
 * as it, leaves the body.
 *
 * Only a heading that plainly is the title of the text counts: the body's first heading when it is of level 1,
 * or when nothing stands before it.
 */

export type TitleHeading = {
  /** Markdown of the heading's text */
  text: string;
  level: number;
  /** index of its first line, from 0, and how many lines it takes */
  index: number;
  lines: number;
  /** nothing but empty lines stands before it */
  leads: boolean;
};

/** The first heading of a body when it can be its title. */
export function findTitleHeading(body: string): TitleHeading | undefined {
  const heading = firstHeading(body.split('\n'));
  return heading && (heading.leads || heading.level === 1) ? heading : undefined;
}

/** The body without a heading; an empty line stays in its place, so that the lines below keep their numbers. */
export function withoutHeading(body: string, heading: TitleHeading): string {
  return body
    .split('\n')
    .toSpliced(heading.index, heading.lines, ...Array.from({ length: heading.lines }, () => ''))
    .join('\n');
}

function firstHeading(lines: string[]): TitleHeading | undefined {
  let fence: string | undefined;
  let leads = true;
  for (const [index, line] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence) {
      if (mark?.[1]!.startsWith(fence) && mark[2]!.trim() === '') fence = undefined;
      continue;
    }
    if (mark) fence = mark[1];
    const atx = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line);
    if (atx?.[2]) return { text: atx[2], level: atx[1]!.length, index, lines: 1, leads };
    const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(lines[index + 1] ?? '');
    if (underline && isParagraphLine(line) && (lines[index - 1] ?? '').trim() === '') {
      return { text: line.trim(), level: underline[1]!.startsWith('=') ? 1 : 2, index, lines: 2, leads };
    }
    if (line.trim() !== '') leads = false;
  }
  return undefined;
}

/** A line that an underline turns into a heading: not indented code, a quote, a list or a table. */
const isParagraphLine = (line: string): boolean =>
  /^ {0,3}(?![>|<]|[-+*][ \t]|\d+[.)][ \t]|`{3}|~{3})\S/.test(line);
