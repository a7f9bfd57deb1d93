/** The description to read: every endpoint is on it, its links lead somewhere, and it needs no script. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Browser } from 'playwright-core';
import type { OpenApiDocument } from '@homepage/contract';
import { openBrowser } from '@homepage/testkit/browser';

const site = inject('site');
let browser: Browser;
beforeAll(async () => void (browser = await openBrowser()));
afterAll(() => browser.close());

test('/api/docs shows every endpoint without JavaScript, and asks nobody else', async () => {
  const document = (await (await fetch(`${site}/api/openapi.json`)).json()) as OpenApiDocument;
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.goto(`${site}/api/docs`);
  const headings = await page.locator('h3').allInnerTexts();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods)) expect(headings).toContain(`${method.toUpperCase()} ${path}`);
  }
  for (const name of Object.keys(document.components.schemas)) expect(headings).toContain(name);
  const links = await page
    .locator('main a[href^="#"]')
    .evaluateAll((all) => all.map((a) => a.getAttribute('href')!));
  for (const link of new Set(links)) expect(await page.locator(link).count(), link).toBe(1);
  expect(new Set(asked)).toEqual(new Set([site]));
  await context.close();
});

test('/api/docs is reached by a link without loading a document again', async () => {
  const page = await browser.newPage();
  await page.goto(site, { waitUntil: 'networkidle' });
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  await page.locator('footer a[href="/api/docs"]').click();
  await page.locator('h1', { hasText: 'The API' }).waitFor();
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(true);
  await page.close();
});
