/** axe finds nothing on any route, in both themes, on a phone and on a desk, with what opens opened. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openBrowser } from '@homepage/testkit/browser';
import { findRoutes } from './routes.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const site = inject('site');
const emptySite = inject('emptySite');
const { indexable, unlisted, errors } = await findRoutes(site, inject('draft'));

let browser: Browser;
beforeAll(async () => void (browser = await openBrowser()));
afterAll(() => browser.close());

type Violation = { id: string; nodes: { html: string; failureSummary: string }[] };

/** A theme changes colours alone: what else is wrong is found in the light one. */
const RULES = { light: [], dark: ['color-contrast', 'link-in-text-block'] };

async function violations(page: Page, theme: 'light' | 'dark'): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(async (rules) => {
    const runOnly = rules.length > 0 ? rules : undefined;
    // @ts-expect-error axe is a global of the page after the line above
    return (await axe.run(document, { resultTypes: ['violations'], runOnly })).violations;
  }, RULES[theme])) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
}

const themes = ['light', 'dark'] as const;

describe.each(themes)('in the %s theme', (colorScheme) => {
  test.each([...indexable, ...unlisted, ...errors])('%s', async (path) => {
    const page = await browser.newPage({
      colorScheme,
      bypassCSP: true,
      viewport: { width: 1280, height: 900 },
    });
    await page.goto(site + path, { waitUntil: 'networkidle' });
    expect(await violations(page, colorScheme)).toEqual([]);
    if (await openEverything(page)) expect(await violations(page, colorScheme)).toEqual([]);
    await page.close();
  });

  test('every page on a phone', async () => {
    const page = await browser.newPage({
      colorScheme,
      bypassCSP: true,
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    for (const path of [...indexable, ...unlisted, ...errors]) {
      await page.goto(site + path);
      await openEverything(page);
      expect(await violations(page, colorScheme), path).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
    }
    await page.close();
  });

  test('a picture that is opened', async () => {
    const page = await browser.newPage({ colorScheme, bypassCSP: true });
    await page.goto(`${site}/posts/how-i-write-here`, { waitUntil: 'networkidle' });
    await page.locator('button.enlarge').first().click();
    expect(await page.locator('dialog[open]').count()).toBe(1);
    expect(await violations(page, colorScheme)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').count()).toBe(0);
    await page.close();
  });

  test('an empty site', async () => {
    const page = await browser.newPage({ colorScheme, bypassCSP: true });
    for (const path of ['/', '/posts', '/projects', '/tags', '/archive', '/about', '/privacy', '/platform']) {
      const response = await page.goto(emptySite + path, { waitUntil: 'networkidle' });
      expect(response?.status(), path).toBe(200);
      expect(await violations(page, colorScheme), path).toEqual([]);
    }
    await page.close();
  });
});

/**
 * Opens menus and details; pictures are opened by a test of their own.
 * @returns whether anything was closed
 */
async function openEverything(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const closed = document.querySelectorAll<HTMLDetailsElement>('details:not([open])');
    for (const element of closed) element.open = true;
    return closed.length > 0;
  });
}
