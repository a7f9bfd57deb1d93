/** Draws static/icon* from the mark and the accent in homepage.config.ts: `npm run -w @homepage/web icons`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { hexColour } from '@homepage/platform/config';
import sharp from 'sharp';
import homepage from '../../../homepage.config.ts';

const { mark, accentHue } = homepage.theme ?? {};
const out = new URL('../static/', import.meta.url);
const shape = mark
  ? `<path d="${mark}"/>`
  : '<path d="M5 2v19.5L19 2M5 11.5 11.8 2"/><circle cx="17.2" cy="14.4" r="2.4"/>';

// the values of src/lib/styles/tokens.css, in colours that every icon reader knows
const day = { paper: '#f5f7f9', ink: '#151d25', accent: hexColour(0.4, 0.14, accentHue ?? 27) };
const night = { ink: '#e5e1d9', accent: hexColour(0.83, 0.11, accentHue ?? 78) };

const colours = ({ ink, accent }: { ink: string; accent: string }) =>
  `g{stroke:${ink}}circle{fill:${accent};stroke:none}`;
const clear = `${colours(day)}@media(prefers-color-scheme:dark){${colours(night)}}`;

await mkdir(out, { recursive: true });
await writeFile(new URL('icon.svg', out), `${drawing(0, clear)}\n`);
for (const size of [180, 192, 512]) {
  const onPaper = Buffer.from(drawing(7, colours(day), `<path fill="${day.paper}" d="M-7-7h38v38h-38z"/>`));
  const png = await sharp(onPaper, { density: 600 })
    .resize(size, size)
    .png({ palette: true, effort: 10 })
    .toBuffer();
  await writeFile(new URL(`icon-${size}.png`, out), png);
}

/** `room` is left free around the mark, in the mark's own units of 24. */
function drawing(room: number, style: string, background = ''): string {
  const side = 24 + 2 * room;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-room} ${-room} ${side} ${side}"><style>${style}</style>` +
    `${background}<g fill="none" stroke-width="2.6">${shape}</g></svg>`
  );
}
