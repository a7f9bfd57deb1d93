import rehypeRaw from 'rehype-raw';
import rehypeStringify from 'rehype-stringify';
import remarkRehype from 'remark-rehype';
import { parser } from '../parse.ts';
import { sanitize } from '../sanitize.ts';
import { Slots } from '../slots.ts';

/**
 * The same parser without what the site adds, for the examples of CommonMark and GitHub: once with raw HTML as written,
 * once behind the sanitiser.
 */
export function toPlainHtml(markdown: string, { sanitized }: { sanitized: boolean }): string {
  const html = parser().use(remarkRehype, { allowDangerousHtml: true });
  if (!sanitized)
    return String(html.use(rehypeStringify, { allowDangerousHtml: true }).processSync(markdown));
  return String(
    html.use(rehypeRaw).use(sanitize, { slots: new Slots() }).use(rehypeStringify).processSync(markdown),
  );
}
