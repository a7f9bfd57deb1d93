/** Lighthouse's performance score, as printed for a slow phone on a slow network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSite } from '@homepage/testkit';
import { ensureChromium, HOW_TO_GET_CHROMIUM } from '../../scripts/chromium.ts';
import { audit, launchChrome } from '../browser/lighthouse.ts';
import { newestPost } from './posts.ts';
import { measured, median, type Bench, type Row } from './row.ts';

const ROUNDS = 3;

export const lighthousePerformance: Bench = {
  how: `Lighthouse's performance score in Chromium with a phone's processor and network, really slowed down; the median of ${ROUNDS} runs.`,
  async run() {
    const chromium = ensureChromium();
    if (!chromium) {
      console.error(`Lighthouse is left out: there is no Chromium. ${HOW_TO_GET_CHROMIUM}`);
      return [];
    }
    process.env['CHROME_PATH'] = chromium;
    const folder = mkdtempSync(join(tmpdir(), 'homepage-bench-'));
    const site = await startSite({ dataDir: join(folder, 'data') });
    const chrome = await launchChrome();
    try {
      const rows: Row[] = [];
      for (const path of ['/', await newestPost(site.address), '/posts', '/platform']) {
        console.error(`Lighthouse ${path} …`);
        const scores: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          // Really slowed down: Lighthouse's model of a slow network guesses what holds up a paint.
          const flags = { throttlingMethod: 'devtools' } as const;
          scores.push((await audit(site.address + path, chrome, ['performance'], flags)).performance ?? 0);
        }
        const name = `Lighthouse performance of ${path}`;
        rows.push(measured({ name, unit: 'points' }, median(scores), { least: 100 }));
      }
      return rows;
    } finally {
      chrome.kill();
      await site.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
