import type { LaunchedChrome } from 'chrome-launcher';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { audit, launchChrome, type Category } from './lighthouse.ts';
import { findRoutes } from './routes.ts';

const CATEGORIES: Category[] = ['accessibility', 'best-practices', 'seo'];
const site = inject('site');
const { indexable } = await findRoutes(site, inject('draft'));

let chrome: LaunchedChrome;
beforeAll(async () => void (chrome = await launchChrome()));
afterAll(() => chrome.kill());

test.each(indexable)('Lighthouse gives %s 100 for accessibility, best practices and SEO', async (path) => {
  const { complaints, ...scores } = await audit(site + path, chrome, CATEGORIES, {
    // A picture of the whole page is for those who read a report.
    disableFullPageScreenshot: true,
  });
  expect(complaints).toEqual([]);
  expect(scores).toEqual({ accessibility: 100, 'best-practices': 100, seo: 100 });
});
