/** What a file is, decided by its bytes and never by its name. */
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { Problem } from '@homepage/platform';
import { checkSvg, isSvg } from './svg.ts';

export const MAX_MEDIA_BYTES = 50_000_000;
/** as many as 12,500 × 8,000; an animation counts all its frames */
export const MAX_PIXELS = 100_000_000;

/** Formats that every current browser shows. */
const pictureTypes = [
  'image/apng',
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/svg+xml',
  'image/webp',
];

export type FileInfo = {
  contentType: string;
  /** in pixels as shown, after turning by EXIF; null for what is no picture */
  width: number | null;
  height: number | null;
  /** more than one picture, shown one after the other */
  animated: boolean;
};

/**
 * @throws Problem PICTURE_DAMAGED, PICTURE_TOO_MANY_PIXELS, SVG_UNSAFE
 */
export async function inspectFile(bytes: Uint8Array): Promise<FileInfo> {
  const contentType = await contentTypeOf(bytes);
  if (contentType === 'image/svg+xml') checkSvg(new TextDecoder().decode(bytes));
  if (!isPicture(contentType)) return { contentType, width: null, height: null, animated: false };
  return { contentType, ...(await sizeOf(bytes)) };
}

export const isPicture = (contentType: string): boolean => pictureTypes.includes(contentType);

async function contentTypeOf(bytes: Uint8Array): Promise<string> {
  if (isSvg(bytes)) return 'image/svg+xml';
  const type = await fileTypeFromBuffer(bytes);
  if (type) return type.mime;
  return isUtf8(bytes) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

async function sizeOf(bytes: Uint8Array): Promise<Omit<FileInfo, 'contentType'>> {
  const { autoOrient, width, height, pages } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new Problem('PICTURE_DAMAGED', 'The picture is damaged.', {
        fix: 'Open it in a picture editor and save it again.',
        cause,
      });
    });
  if (width * height * (pages ?? 1) > MAX_PIXELS) {
    const frames = pages && pages > 1 ? ` × ${pages} frames` : '';
    throw new Problem(
      'PICTURE_TOO_MANY_PIXELS',
      `The picture has ${width} × ${height}${frames} pixels; the limit is ${MAX_PIXELS / 1_000_000} million.`,
      {
        fix: 'Make it smaller.',
      },
    );
  }
  return { width: autoOrient.width, height: autoOrient.height, animated: (pages ?? 1) > 1 };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
}
