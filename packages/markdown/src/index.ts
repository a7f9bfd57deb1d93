import type { mapAddresses as mapInText } from './addresses.ts';
import type { RenderOptions } from './page.ts';
import type { Rendered } from './render.ts';

export { FrontMatterError, MarkdownError } from './errors.ts';
export type { Labels } from './labels.ts';
export type { Address, Heading, Picture, RenderOptions } from './page.ts';
export type { Rendered } from './render.ts';

/** Changes where links lead, in the Markdown itself; see `addresses.ts`. */
export async function mapAddresses(...parameters: Parameters<typeof mapInText>): Promise<string> {
  const addresses = await import('./addresses.ts');
  return addresses.mapAddresses(...parameters);
}

/** Raise it with every change of the HTML: stored texts with another version are rendered again in the background. */
export const RENDERER_VERSION = 3;

/**
 * Renders Markdown to safe HTML; see `render.ts` for the way it takes. The pipeline is loaded on the first call, colours on the first
 * code block, math on the first formula.
 * @throws MarkdownError when the text is too large or too deeply nested
 */
export async function render(markdown: string, options: RenderOptions = {}): Promise<Rendered> {
  const pipeline = await import('./render.ts');
  return pipeline.render(markdown, options);
}
