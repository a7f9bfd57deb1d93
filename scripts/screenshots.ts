/** Takes the pictures of the README from the running site with its sample content. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { startSite } from '@homepage/testkit';
import { openBrowser } from '@homepage/testkit/browser';
import { root } from './checks.ts';

const pictures = [
  { name: 'home-light', path: '/', colorScheme: 'light', width: 1280, height: 860 },
  { name: 'home-dark', path: '/', colorScheme: 'dark', width: 1280, height: 860 },
  { name: 'platform-light', path: '/platform', colorScheme: 'light', width: 1280, height: 1000 },
] as const;

const folder = mkdtempSync(join(tmpdir(), 'homepage-screenshots-'));
const target = join(root, 'docs/images');
mkdirSync(target, { recursive: true });
const site = await startSite({ dataDir: folder });
const browser = await openBrowser();
for (const { name, path, colorScheme, width, height } of pictures) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height } });
  await page.goto(site.address + path, { waitUntil: 'networkidle' });
  const png = await page.screenshot();
  // Few colours: a palette keeps the repository small.
  await sharp(png)
    .png({ palette: true, compressionLevel: 9 })
    .toFile(join(target, `${name}.png`));
  console.log(`docs/images/${name}.png`);
}
await browser.close();
await site.stop();
rmSync(folder, { recursive: true, force: true });
