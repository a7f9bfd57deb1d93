/** A file's text as title, body and checked fields. */
import { parseDocument, render } from '@homepage/markdown';
import { BadFile } from './bad-file.ts';
import { lineOfField, MAX_TITLE, readFields, type Fields } from './fields.ts';
import { findTitleHeading, withoutHeading, type TitleHeading } from './title.ts';

export type ReadText = {
  /** null: neither the front matter nor a heading says one */
  title: string | null;
  fields: Fields;
  /** without front matter and without the heading that became the title; ends with one \n unless it is empty */
  body: string;
  /** line of the file that the body begins on */
  bodyLine: number;
  lineOf(field: string): number | null;
};

/**
 * @throws FrontMatterError; BadFile FIELD_INVALID
 */
export async function readText(source: string, { spacedTags }: { spacedTags: boolean }): Promise<ReadText> {
  const document = parseDocument(source);
  const lineOf = (field: string): number | null => lineOfField(source, document.bodyLine, field);
  const fields = readFields(document.frontMatter, { line: lineOf, spacedTags });
  const heading = findTitleHeading(document.body);
  const headingTitle = heading && (await plainText(heading, document.bodyLine));
  const becomesTitle =
    heading && headingTitle && (fields.title === null || isSame(heading, headingTitle, fields.title));
  const body = becomesTitle ? withoutHeading(document.body, heading) : document.body;
  const [trimmed, emptyLines] = trimLines(body);
  return {
    title: fields.title ?? headingTitle ?? null,
    fields,
    body: trimmed,
    bodyLine: document.bodyLine + emptyLines,
    lineOf,
  };
}

/** The page shows the title above the text: a first heading with the same words would show it twice. */
function isSame(heading: TitleHeading, words: string, title: string): boolean {
  return heading.leads && heading.level === 1 && words === title;
}

/** @throws BadFile FIELD_INVALID */
async function plainText(heading: TitleHeading, bodyLine: number): Promise<string> {
  const words = (await render(`# ${heading.text}`)).headings[0]?.text.replaceAll(/\s+/g, ' ').trim() ?? '';
  const title = words.normalize('NFC');
  const length = [...title].length;
  if (length <= MAX_TITLE) return title;
  throw new BadFile(
    'FIELD_INVALID',
    `The first heading, which becomes the title, has ${length} characters; the limit is ${MAX_TITLE}.`,
    {
      fix: 'Shorten it, or add "title:" to the front matter.',
      line: bodyLine + heading.index,
    },
  );
}

/** Without empty lines at both ends, and how many went at the start. */
function trimLines(body: string): [trimmed: string, removed: number] {
  const start = /^(?:[ \t]*\n)*/.exec(body)![0];
  const trimmed = body.slice(start.length).trimEnd();
  return [trimmed && `${trimmed}\n`, start.split('\n').length - 1];
}
