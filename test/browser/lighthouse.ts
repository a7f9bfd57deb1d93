import lighthouse from 'lighthouse';
import type { Flags, Result } from 'lighthouse';
import { launch, type LaunchedChrome } from 'chrome-launcher';
import { CHROMIUM_ARGS } from '@homepage/testkit/browser';

export type Category = 'performance' | 'accessibility' | 'best-practices' | 'seo';
export type Scores = Partial<Record<Category, number>> & { complaints: string[] };

export function launchChrome(): Promise<LaunchedChrome> {
  return launch({
    chromePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    chromeFlags: ['--headless=new', ...CHROMIUM_ARGS],
    logLevel: 'silent',
  });
}

/** Scores of 0 to 100, and what took points away. */
export async function audit(
  url: string,
  chrome: LaunchedChrome,
  categories: Category[],
  flags: Flags = {},
): Promise<Scores> {
  const result = await run(url, {
    port: chrome.port,
    onlyCategories: categories,
    logLevel: 'silent',
    ...flags,
  });
  const scores: Scores = { complaints: [] };
  for (const category of categories) {
    const { score, auditRefs } = result.categories[category]!;
    scores[category] = Math.round((score ?? 0) * 100);
    for (const { id, weight } of auditRefs) {
      const found = result.audits[id]!;
      const counted =
        weight > 0 && found.scoreDisplayMode !== 'notApplicable' && found.scoreDisplayMode !== 'manual';
      if (counted && found.score !== null && found.score < 1)
        scores.complaints.push(`${category}: ${id} ${found.title}`);
    }
  }
  return scores;
}

/** A busy machine loses a trace now and then, and Lighthouse asks to be run again. */
async function run(url: string, flags: Flags, attempts = 3): Promise<Result> {
  const result = await lighthouse(url, flags);
  if (!result) throw new Error(`Lighthouse gave no result for ${url}`);
  const { runtimeError } = result.lhr;
  if (!runtimeError) return result.lhr;
  if (attempts === 1) throw new Error(`${url}: ${runtimeError.message}`);
  return run(url, flags, attempts - 1);
}
