/** A picture for links to a page: its title on the stave, as the site shows it. */
import sharp, { type OverlayOptions } from 'sharp';
import { FAMILY } from './fonts.ts';

// Whoever asks for a picture keeps it.
sharp.cache(false);

export type PreviewContent = {
  title: string;
  /** beside the title; empty for none */
  date: string;
  site: string;
  /** #rrggbb */
  accent: string;
  /** "d" of the mark in a 24 × 24 box; null: the built-in mark */
  mark: string | null;
};

export const WIDTH = 1200;
export const HEIGHT = 630;

// The day colours of apps/web/src/lib/styles/tokens.css.
const PAPER = '#f5f7f9';
const INK = '#151d25';
const SOFT = '#434f5c';
const LINE = '#c9d0d7';

const STAVE = 252;
const TEXT = { left: 296, top: 118, width: 824, height: 330 };
/** px; the largest that the title fits in. The smallest holds 300 wide letters. */
const SIZES = [76, 64, 54, 46, 38, 32, 26];

/** @returns PNG, 1200 × 630 */
export async function drawPreview({ title, date, site, accent, mark }: PreviewContent): Promise<Buffer> {
  const heading = await setTitle(title);
  // Right-to-left titles begin at the right edge.
  const left = isRightToLeft(title) ? TEXT.left + TEXT.width - heading.width : TEXT.left;
  const overlays: OverlayOptions[] = [{ input: heading.image, left, top: TEXT.top }];
  const name = await setText(site, 30, INK, TEXT.width);
  overlays.push({ input: name.image, left: TEXT.left, top: HEIGHT - 78 - name.height });
  if (date) {
    const day = await setText(date, 24, SOFT, STAVE - 64);
    overlays.push({ input: day.image, left: Math.max(24, STAVE - 44 - day.width), top: TEXT.top + 22 });
  }
  return sharp(Buffer.from(ground(accent, mark)))
    .composite(overlays)
    .png({ palette: true, effort: 7 })
    .toBuffer();
}

type SetText = { image: Buffer; width: number; height: number };

async function setTitle(title: string): Promise<SetText> {
  for (const size of SIZES) {
    const set = await setText(title, size, INK, TEXT.width);
    if (set.height <= TEXT.height) return set;
  }
  const smallest = await setText(title, SIZES.at(-1)!, INK, TEXT.width);
  // A column of single letters: as much of it as there is room for.
  const image = await sharp(smallest.image)
    .extract({ left: 0, top: 0, width: smallest.width, height: TEXT.height })
    .toBuffer();
  return { ...smallest, image, height: TEXT.height };
}

/** Pango sets it: scripts, directions, ligatures and line breaks as they have to be. */
async function setText(text: string, size: number, colour: string, width: number): Promise<SetText> {
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${colour}">${escape(clean(text))}</span>`,
      font: `${FAMILY} ${size}`,
      width,
      wrap: 'word-char',
      spacing: Math.round(size * 0.1),
      rgba: true,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { image: data, width: info.width, height: info.height };
}

const clean = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim() || ' ';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const isRightToLeft = (text: string): boolean =>
  /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(
    text,
  );

function ground(accent: string, mark: string | null): string {
  const shape = mark
    ? `<path d="${mark}"/>`
    : `<path d="M5 2v19.5L19 2M5 11.5 11.8 2"/><circle cx="17.2" cy="14.4" r="2.4" fill="${accent}" stroke="none"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
<rect width="100%" height="100%" fill="${PAPER}"/>
<path d="M${STAVE} 0v${HEIGHT}" stroke="${LINE}" stroke-width="2"/>
<path d="M${STAVE} ${TEXT.top + 54}l20-32" stroke="${INK}" stroke-width="3"/>
<g transform="translate(72 ${HEIGHT - 132}) scale(2.6)" fill="none" stroke="${INK}" stroke-width="2.3">${shape}</g>
</svg>`;
}
