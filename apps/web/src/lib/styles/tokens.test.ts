/** Text reaches 7 : 1 and interface lines 4.5 : 1 on every ground, in both themes, for every accent hue. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = ['tokens.css', 'code.css']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('\n');
const themes = ['day', 'night'] as const;
type Theme = (typeof themes)[number];
type Colour = { lightness: number; chroma: number; hue: string };

const grounds = ['paper', 'tint'];
const codeGrounds = ['tint', 'added', 'removed'];
const codeColours = ['comment', 'keyword', 'string', 'function', 'number'].map((name) => `code-${name}`);

describe.each(themes)('%s', (theme) => {
  test.each(['ink', 'soft', 'good', 'warn', 'bad'])('%s is readable as text', (name) => {
    for (const ground of grounds) expect(contrast(name, ground, theme), ground).toBeGreaterThanOrEqual(7);
  });

  test('lines that carry meaning can be seen', () => {
    for (const ground of grounds) expect(contrast('edge', ground, theme), ground).toBeGreaterThanOrEqual(4.5);
  });

  test.each(codeColours)('%s is readable, also on added and removed lines', (name) => {
    for (const ground of codeGrounds) expect(contrast(name, ground, theme), ground).toBeGreaterThanOrEqual(7);
  });

  test('the accent is readable on paper, whatever hue a fork chooses', () => {
    for (let hue = 0; hue < 360; hue += 5) {
      expect(contrast('accent', 'paper', theme, hue), `hue ${hue}`).toBeGreaterThanOrEqual(7);
    }
  });
});

/** WCAG 2 contrast of two tokens. */
function contrast(text: string, ground: string, theme: Theme, accentHue?: number): number {
  const [one, other] = [text, ground].map((name) => luminance(colour(name, theme), theme, accentHue)) as [
    number,
    number,
  ];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** `--name: light-dark(oklch(…), oklch(…))`, or another token through `var()`. */
function colour(name: string, theme: Theme): Colour {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1];
  if (!value) throw new Error(`There is no token --${name}.`);
  const other = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (other) return colour(other, theme);
  const found = [...value.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+|var\(--[\w-]+\))\)/g)][
    themes.indexOf(theme)
  ];
  if (!found) throw new Error(`--${name} has no colour for the ${theme}.`);
  return { lightness: Number(found[1]), chroma: Number(found[2]), hue: found[3]! };
}

function luminance({ lightness, chroma, hue }: Colour, theme: Theme, accentHue?: number): number {
  const degrees = hueOf(hue, theme, accentHue);
  const a = chroma * Math.cos((degrees * Math.PI) / 180);
  const b = chroma * Math.sin((degrees * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const cut = (channel: number) => Math.min(1, Math.max(0, channel));
  return (
    0.2126 * cut(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) +
    0.7152 * cut(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) +
    0.0722 * cut(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  );
}

function hueOf(hue: string, theme: Theme, accentHue?: number): number {
  if (!hue.startsWith('var')) return Number(hue);
  if (hue.includes('--hue-paper')) return token('hue-paper');
  return accentHue ?? Number(new RegExp(`--hue-${theme}: var\\(--accent-hue, (\\d+)\\)`).exec(css)?.[1]);
}

function token(name: string): number {
  return Number(new RegExp(`--${name}: (\\d+);`).exec(css)?.[1]);
}
