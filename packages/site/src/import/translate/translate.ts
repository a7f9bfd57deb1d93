/** What generators add to Markdown becomes Markdown, as far as it can. */
import { translateLiquid } from './liquid.ts';
import { translateShortcodes } from './shortcodes.ts';
import type { Translated } from './edits.ts';

/**
 * The same text with the same number of lines.
 * @param path decides about MDX
 * @param liquid whether the text was made for Jekyll or Eleventy
 * @throws BadFile MDX_INVALID
 */
export async function translate(path: string, body: string, liquid: boolean): Promise<Translated> {
  if (/\.mdx$/i.test(path)) return (await import('./mdx.ts')).translateMdx(body);
  const shortcodes = translateShortcodes(body);
  if (!liquid) return shortcodes;
  const { body: text, found } = translateLiquid(shortcodes.body);
  return { body: text, found: [...shortcodes.found, ...found] };
}
