/** Draws the icons from the owner's mark: `node build-support/icons.ts` writes static/icon*. */
import { writeFile, mkdir } from 'node:fs/promises';
import sharp from 'sharp';
import homepage from '../../../homepage.config.ts';

const out = new URL('../static/', import.meta.url);
const mark = homepage.theme?.mark
  ? `<path d="${homepage.theme.mark}"/>`
  : '<path d="M5 2v19.5L19 2M5 11.5 11.8 2"/><circle cx="17.2" cy="14.4" r="2.4"/>';

/** `inset` is the free room around the mark, in the mark's own units of 24 */
const drawing = (inset: number, style: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-inset} ${-inset} ${24 + 2 * inset} ${24 + 2 * inset}">` +
  `<style>${style}</style><path id="p" d="M${-inset}${-inset}H${24 + inset}V${24 + inset}H${-inset}z"/>` +
  `<g fill="none" stroke-width="2.6">${mark}</g></svg>`;

const day = 'g{stroke:#171d25}circle{fill:#7c1613;stroke:none}#p{fill:#f5f7f9}';
const clear = 'g{stroke:#171d25}circle{fill:#7c1613;stroke:none}#p{fill:none}';
const night = '@media(prefers-color-scheme:dark){g{stroke:#e6e1d9}circle{fill:#f0be6d}}';

await mkdir(out, { recursive: true });
await writeFile(new URL('icon.svg', out), `${drawing(0, clear + night)}\n`);
for (const size of [180, 192, 512]) {
  const png = sharp(Buffer.from(drawing(7, day)), { density: 600 })
    .resize(size, size)
    .png({ palette: true, effort: 10 });
  await writeFile(new URL(`icon-${size}.png`, out), await png.toBuffer());
}
