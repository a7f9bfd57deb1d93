import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { mathSyntax } from './math-syntax.ts';

/** The one parser: CommonMark, GitHub's extensions, footnotes and math. */
export const parser = unified().use(remarkParse).use(remarkGfm).use(mathSyntax).freeze();
