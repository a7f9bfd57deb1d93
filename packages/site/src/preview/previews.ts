import { LRUCache } from 'lru-cache';
import type { PreviewContent } from './draw.ts';
import { prepareFonts } from './fonts.ts';

const MOST_BYTES = 16 * 1024 * 1024;

/** Draws pictures and keeps them by what is on them: a change elsewhere on the site draws none again. */
export class Previews {
  #folder: string;
  #fonts: Promise<void> | undefined;
  #drawn = new LRUCache<string, Buffer>({
    maxSize: MOST_BYTES,
    sizeCalculation: (picture) => picture.length,
  });
  #drawing = new Map<string, Promise<Buffer>>();

  /** @param folder where prepared fonts are kept */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns PNG */
  async draw(content: PreviewContent): Promise<Buffer> {
    const key = JSON.stringify(content);
    const known = this.#drawn.get(key) ?? this.#drawing.get(key);
    if (known) return known;
    const drawing = this.#draw(content).finally(() => this.#drawing.delete(key));
    this.#drawing.set(key, drawing);
    const picture = await drawing;
    this.#drawn.set(key, picture);
    return picture;
  }

  async #draw(content: PreviewContent): Promise<Buffer> {
    this.#fonts ??= prepareFonts(this.#folder).then((configuration) => {
      // fontconfig reads it when the first text is set.
      process.env['FONTCONFIG_FILE'] = configuration;
    });
    await this.#fonts;
    // Loaded with the first picture: a site starts without what draws it.
    const { drawPreview } = await import('./draw.ts');
    return drawPreview(content);
  }
}
