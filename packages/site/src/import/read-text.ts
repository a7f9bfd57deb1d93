/** A file's text as title, body and checked fields. */
import { render } from '@homepage/markdown';
import { parseDocument } from '@homepage/markdown/front-matter';
import { BadFile } from './bad-file.ts';
import type { Note } from './media.ts';
import { placeOf } from './place.ts';
import { translate } from './translate/translate.ts';
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
  /** what a generator added to the Markdown and nobody knows here, with lines of the file */
  left: Note[];
};

/**
 * @param path relative to the imported folder: it says how the text was made
 * @throws FrontMatterError; BadFile FIELD_INVALID, MDX_INVALID
 */
export async function readText(path: string, source: string, timeZone: string): Promise<ReadText> {
  const document = parseDocument(source);
  const lineOf = (field: string): number | null => lineOfField(source, document.bodyLine, field);
  const { jekyll } = placeOf(path);
  const fields = readFields(document.frontMatter, { line: lineOf, spacedTags: jekyll, timeZone });
  const translated = await translate(path, document.body, jekyll || hasLayout(document.frontMatter)).catch(
    (error: unknown) => {
      throw error instanceof BadFile ? inFile(error, document.bodyLine) : error;
    },
  );
  const heading = findTitleHeading(translated.body);
  const headingTitle = heading && (await plainText(heading, document.bodyLine));
  const becomesTitle =
    heading && headingTitle && (fields.title === null || isSame(heading, headingTitle, fields.title));
  const body = becomesTitle ? withoutHeading(translated.body, heading) : translated.body;
  const [trimmed, emptyLines] = trimLines(body);
  return {
    title: fields.title ?? headingTitle ?? null,
    fields,
    body: trimmed,
    bodyLine: document.bodyLine + emptyLines,
    lineOf,
    left: translated.found.map(({ line, reason }) => ({ line: line + document.bodyLine - 1, reason })),
  };
}

/** Jekyll's and Eleventy's texts name a layout of theirs; one of Astro or Gatsby is a component's file. */
const hasLayout = ({ layout }: Record<string, unknown>): boolean =>
  typeof layout === 'string' && !/\.(astro|svelte|vue|[jt]sx?)$/.test(layout);

const inFile = ({ code, message, fix, line, cause }: BadFile, bodyLine: number): BadFile =>
  new BadFile(code, message, { fix, line: line && line + bodyLine - 1, cause });

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
