/**
 * The fonts of the preview pictures, from packages under the SIL Open Font License. They come compressed for browsers;
 * the text layout needs them plain.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The family that titles are set in; the others stand in for the letters that it has not. */
export const FAMILY = 'Noto Serif';

/** Files by package: one weight, upright. */
const PACKAGES: Record<string, string> = {
  '@fontsource/noto-serif': '*-400-normal.woff2',
  '@fontsource-variable/noto-serif-hebrew': 'noto-serif-hebrew-hebrew-wght-normal.woff2',
  '@fontsource-variable/noto-naskh-arabic': 'noto-naskh-arabic-arabic-wght-normal.woff2',
  '@fontsource-variable/noto-serif-devanagari': 'noto-serif-devanagari-devanagari-wght-normal.woff2',
  '@fontsource/noto-serif-thai': 'noto-serif-thai-thai-400-normal.woff2',
  '@fontsource-variable/noto-sans-jp': '*-wght-normal.woff2',
  '@fontsource-variable/noto-sans-sc': '*-wght-normal.woff2',
  '@fontsource-variable/noto-sans-kr': '*-wght-normal.woff2',
  '@fontsource-variable/noto-emoji': '*-wght-normal.woff2',
};

/**
 * Makes the folder of fonts; does nothing when it is there. Several processes may do it at once.
 * @param folder where it is kept
 * @returns the configuration for fontconfig
 */
export async function prepareFonts(folder: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256').update(JSON.stringify(PACKAGES));
  const folders = Object.keys(PACKAGES).map((name) => {
    const manifest = require.resolve(`${name}/package.json`);
    hash.update(readFileSync(manifest));
    return dirname(manifest);
  });
  const fonts = join(folder, `fonts-${hash.digest('hex').slice(0, 16)}`);
  const configuration = join(fonts, 'fonts.conf');
  // Where they were prepared, the packages need not have them any more.
  if (existsSync(configuration)) return configuration;
  const patterns = Object.values(PACKAGES);
  const files = folders.flatMap((path, index) => globSync(join(path, 'files', patterns[index]!)));
  const { default: decompress } = await import('woff2-encoder/decompress');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'preparing-fonts-'));
  try {
    for (const file of files) {
      const font = await decompress(readFileSync(file));
      writeFileSync(join(work, basename(file).replace(/woff2$/, 'ttf')), font);
    }
    writeFileSync(join(work, 'fonts.conf'), configurationOf(fonts));
    renameSync(work, fonts);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    // Another process was quicker, and its folder is as good.
    if (!existsSync(configuration)) throw error;
  }
  return configuration;
}

/** Nothing of the system, so that pictures are the same everywhere. The folder may be moved. */
const configurationOf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`;
