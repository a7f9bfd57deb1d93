/** axe finds nothing on any route, in both themes, on a phone and on a desk, with what opens opened. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from '@homepage/testkit/browser';
import { findRoutes } from './routes.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const site = inject('site');
const emptySite = inject('emptySite');
const { indexable, unlisted, errors } = await findRoutes(site, inject('draft'));

/** Each stays open from page to page: what a document is made of takes longest, and both themes are of one document. */
let browser: Browser;
let desk: Page;
let phone: Page;
beforeAll(async () => {
  browser = await openBrowser();
  desk = await browser.newPage({ bypassCSP: true, viewport: { width: 1280, height: 900 } });
  phone = await browser.newPage({
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
});
afterAll(() => browser.close());

/** A theme changes colours alone: what else is wrong is found in the light one. */
const RULES = { light: undefined, dark: ['color-contrast', 'link-in-text-block'] };

/** What axe finds in both themes. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    found.push(...(await violationsNow(page, RULES[theme])).map((violation) => `${theme}: ${violation}`));
  }
  return found;
}

type Violation = { id: string; nodes: { html: string; failureSummary: string }[] };

async function violationsNow(page: Page, runOnly: string[] | undefined): Promise<string[]> {
  const found = (await page.evaluate(async (rules) => {
    // @ts-expect-error axe is a global of the page
    return (await axe.run(document, { resultTypes: ['violations'], runOnly: rules })).violations;
  }, runOnly)) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
}

const every = [...indexable, ...unlisted, ...errors];

test.each(every)('%s on a desk', async (path) => {
  await desk.goto(site + path, { waitUntil: 'networkidle' });
  expect(await violations(desk)).toEqual([]);
  if (await openEverything(desk)) expect(await violations(desk)).toEqual([]);
});

test.each(every)('%s on a phone', async (path) => {
  await phone.goto(site + path);
  await openEverything(phone);
  expect(await violations(phone)).toEqual([]);
  const overflow = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, 'it scrolls sideways').toBeLessThanOrEqual(0);
});

test('a picture that is opened', async () => {
  await desk.goto(`${site}/posts/how-i-write-here`, { waitUntil: 'networkidle' });
  await desk.locator('button.enlarge').first().click();
  expect(await desk.locator('dialog[open]').count()).toBe(1);
  expect(await violations(desk)).toEqual([]);
  await desk.keyboard.press('Escape');
  await expect.poll(() => desk.locator('dialog').count()).toBe(0);
});

test.each(['/', '/posts', '/projects', '/tags', '/archive', '/about', '/privacy', '/platform'])(
  '%s of an empty site',
  async (path) => {
    const response = await desk.goto(emptySite + path, { waitUntil: 'networkidle' });
    expect(response?.status()).toBe(200);
    expect(await violations(desk)).toEqual([]);
  },
);

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
