/** Draws static/icon* from the mark and the accent in homepage.config.ts: `npm run -w @homepage/web icons`. */
import { mkdir, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import homepage from '../../../homepage.config.ts';

const { mark, accentHue } = homepage.theme ?? {};
const out = new URL('../static/', import.meta.url);
const shape = mark
  ? `<path d="${mark}"/>`
  : '<path d="M5 2v19.5L19 2M5 11.5 11.8 2"/><circle cx="17.2" cy="14.4" r="2.4"/>';

// the values of src/lib/styles/tokens.css, in colours that every icon reader knows
const day = { paper: '#f5f7f9', ink: '#151d25', accent: hex(0.4, 0.14, accentHue ?? 27) };
const night = { ink: '#e5e1d9', accent: hex(0.83, 0.11, accentHue ?? 78) };

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

/** OKLCH to sRGB, out-of-gamut channels cut (Björn Ottosson, "A perceptual color space for image processing"). */
function hex(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const channels = linear.map((value) => {
    const light = Math.min(1, Math.max(0, value));
    const encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}
