import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { limits } from './limits.ts';
import { mathSyntax } from './math-syntax.ts';

/** The one parser: CommonMark, GitHub's extensions, footnotes and math. */
export const parser = unified().use(remarkParse).use(remarkGfm).use(mathSyntax).use(limits).freeze();
