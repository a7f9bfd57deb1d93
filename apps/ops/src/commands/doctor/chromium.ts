import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Patient } from './patient.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A note only: nothing but the browser tests needs it. */
export async function chromiumPresent({ shell }: Patient): Promise<string> {
  const folders = (shell.env['PATH'] ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [shell.env['CHROME_PATH'], ...candidates].find((path) => path && existsSync(path));
  return found ?? 'none found; only the browser tests of `npm test` need one';
}
