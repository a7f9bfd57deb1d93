/** Searching as a visitor does: while typing, by keyboard, without script. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from '@homepage/testkit/browser';

const site = inject('site');
let browser: Browser;
beforeAll(async () => void (browser = await openBrowser()));
afterAll(() => browser.close());

async function open(javaScriptEnabled: boolean, path = '/search'): Promise<Page> {
  const page = await browser.newPage({ javaScriptEnabled });
  await page.goto(site + path, { waitUntil: 'networkidle' });
  return page;
}
const hits = (page: Page) => page.locator('main ol a');

test('answers while somebody types, says how much, and keeps the address', async () => {
  const page = await open(true);
  const field = page.getByRole('searchbox', { name: 'Search for' });
  await field.pressSequentially('certif', { delay: 30 });
  await expect.poll(() => page.getByRole('status').last().innerText()).toMatch(/texts? ha(s|ve) “certif”/);
  expect(new URL(page.url()).search).toBe('?q=certif');
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await field.pressSequentially('icates rot', { delay: 30 });
  await expect.poll(() => page.url()).toContain('rot');
  expect(await field.inputValue()).toBe('certificates rot');
  await page.goBack();
  await expect.poll(() => new URL(page.url()).pathname).not.toBe('/search');
  await page.close();
});

test('arrow keys go through the hits, Escape leads back, Enter opens one', async () => {
  const page = await open(true, '/search?q=vault');
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('ArrowDown');
  const first = await focused();
  expect(first).toBe(await hits(page).first().innerText());
  await page.keyboard.press('ArrowDown');
  expect(await focused()).not.toBe(first);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('q');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/(posts|projects)\//);
  await page.close();
});

test('without script the form is sent, and the answer is a page', async () => {
  const page = await open(false);
  await page.getByRole('searchbox').fill('certifcate');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/q=certifcate/);
  expect(await page.getByRole('searchbox').inputValue()).toBe('certifcate');
  expect(await page.locator('main').innerText()).toContain(
    'Nothing has “certifcate”. This is what has “certificate”.',
  );
  expect(await hits(page).count()).toBeGreaterThan(0);
  await page.close();
});

test('what was typed before the script came is asked for too', async () => {
  const page = await browser.newPage();
  const held: (() => Promise<void>)[] = [];
  await page.route('**/*.js', (route) => void held.push(() => route.continue()));
  await page.goto(`${site}/search`, { waitUntil: 'commit' });
  await page.getByRole('searchbox').fill('vault');
  for (const release of held) await release();
  await page.unroute('**/*.js');
  await page.waitForLoadState('networkidle');
  expect(await page.getByRole('searchbox').inputValue()).toBe('vault');
  await page.close();
});
