/** Smaller copies of a picture in newer formats: which there are, and how one is made. */

export type Format = 'avif' | 'webp';
/** best first: browsers take the first that they know */
const FORMATS: Format[] = ['avif', 'webp'];

/** px: a phone, a text column on a sharp screen, and a picture that is opened */
const WIDTHS = [480, 960, 1600];
/** The column of text is 33 rem wide where there is room for it. */
const SIZES = '(min-width: 37rem) 33rem, 100vw';
const STILL = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif']);

export type PictureFacts = {
  hash: string;
  contentType: string;
  width: number | null;
  animated: boolean;
};

/** Never enlarged; none of drawings, of what moves, and of what is small already. */
export function variantWidths({ contentType, width, animated }: PictureFacts): number[] {
  if (width === null || animated || !STILL.has(contentType) || width < WIDTHS[0]!) return [];
  const smaller = WIDTHS.filter((one) => one < width);
  return width <= WIDTHS.at(-1)! ? [...smaller, width] : smaller;
}

export type PictureSource = { type: string; srcset: string };

/** What goes into <picture> before the picture itself. */
export function pictureSources(
  picture: PictureFacts,
  name: string,
): { sources: PictureSource[]; sizes: string } {
  const widths = variantWidths(picture);
  if (widths.length === 0) return { sources: [], sizes: '' };
  const base = encodeURIComponent(name.replace(/\.[^.]*$/, '') || 'picture');
  const sources = FORMATS.map((format) => ({
    type: `image/${format}`,
    srcset: widths.map((width) => `/media/${picture.hash}/${width}/${base}.${format} ${width}w`).join(', '),
  }));
  return { sources, sizes: SIZES };
}

export const variantKey = (hash: string, width: number, format: Format): string =>
  `variants/${hash}/${width}.${format}`;

export function variantKeys(picture: PictureFacts): string[] {
  return variantWidths(picture).flatMap((width) =>
    FORMATS.map((format) => variantKey(picture.hash, width, format)),
  );
}

/** @throws what sharp throws for bytes that it cannot read */
export async function makeVariant(bytes: Uint8Array, width: number, format: Format): Promise<Buffer> {
  // Loaded with the first picture: it is large, and a site starts without it.
  const { default: sharp } = await import('sharp');
  // Each is made once and stored.
  sharp.cache(false);
  const smaller = sharp(bytes, { failOn: 'none' }).autoOrient().resize({ width, withoutEnlargement: true });
  return format === 'avif'
    ? smaller.avif({ quality: 55, effort: 3 }).toBuffer()
    : smaller.webp({ quality: 78, effort: 4 }).toBuffer();
}
