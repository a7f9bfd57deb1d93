/** Finds a Chromium for the browser tests; installs Debian's when it may. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Path of an installed Chromium or Chrome. CHROME_PATH wins. */
export function findChromium(): string | undefined {
  const given = process.env['CHROME_PATH'];
  if (given) return existsSync(given) ? given : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), MAC];
  return candidates.find((path) => existsSync(path));
}

/** The installed one, or a freshly installed one (root on Debian or Ubuntu). */
export function ensureChromium(): string | undefined {
  const found = findChromium();
  if (found || process.env['CHROME_PATH'] || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return found;
  console.log('Installing Chromium from the system packages …');
  const apt = (args: string[]): boolean =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  const installed =
    apt(['update', '-q']) &&
    apt(['install', '-qy', '--no-install-recommends', 'chromium', 'fonts-liberation']);
  return installed ? findChromium() : undefined;
}

export const HOW_TO_GET_CHROMIUM =
  'Install Chromium (Debian: sudo apt-get install chromium) or set CHROME_PATH.';
